"""Points and ranges are read as a command line gives them, or refused in one sentence."""

import codecs
import math

import numpy as np
import pytest

from diffkit.expressions import PointError, parse_point, parse_ranges

POINTS = {
    "2": 2.0,
    "pi/4": math.pi / 4,
    "-1e-8": -1e-8,
    "0.3,1.7": np.array([0.3, 1.7]),
    "[0.3, 1.7]": np.array([0.3, 1.7]),
    "x=0.3,y=1.7": {"x": 0.3, "y": 1.7},
    " x = pi/4 ; y=max(1,2) ": {"x": math.pi / 4, "y": 2.0},
    "x=[1,2,3]": {"x": np.array([1.0, 2.0, 3.0])},
    "W=[[1,2],[3,4]],b=-1": {"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": -1.0},
    "[1,2],[3,4]": np.array([[1.0, 2.0], [3.0, 4.0]]),
    "x=[sqrt(2)]": {"x": np.array([math.sqrt(2)])},
}


def same(a, b):
    """Equal in type, shape and every number."""
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[name], b[name]) for name in a)
    return type(a) is type(b) and np.shape(a) == np.shape(b) and bool(np.all(a == b))


@pytest.mark.parametrize("text", POINTS)
def test_a_point_is_read(text):
    assert same(parse_point(text), POINTS[text])


REFUSED = [
    ("", "missing", ""),
    ("x=", "missing", ""),
    ("x=1,,y=2", "Name every value", ""),
    ("x=1,2", "Name every value", "2"),
    ("x=1,x=2", "given twice", "2"),
    ("2x=1", "names no variable", "2x"),
    ("=1", "names no variable", "="),
    ("x=y=1", "no =", "="),
    ("x=1,y=zz", "zz is no number", "zz"),
    ("x=2*siin(1)", "did you mean sin?", "siin"),
    ("x=1/0", "divides by zero", "1/0"),
    ("x=[1,2", "not closed", "[1,2"),
    ("x=[]", "missing", "]"),
    ("x=[1,,2]", "missing", ","),
    ("x=[[1,2],[3]]", "differ in length", "[[1,2],[3]]"),
    ("[" * 40 + "1" + "]" * 40, "nested", "[" * 8 + "1" + "]" * 8),
    ("1,[1,2]", "differ in length", "1,[1,2]"),
    ("x=1e999", "not finite", "1e999"),
    ("x=@nowhere.npy", "no such file", "@nowhere.npy"),
    ("x=@nowhere.exe", ".npy, .npz, .csv or .txt", "@nowhere.exe"),
    ("p={W:[1,2],b:3},x=1", "np.savez and write p=@file.npz", "{W:[1,2],b:3}"),
]


@pytest.mark.parametrize(("text", "sentence", "place"), REFUSED, ids=[text[:20] for text, _, _ in REFUSED])
def test_a_bad_point_gets_a_sentence_and_a_caret(text, sentence, place):
    with pytest.raises(PointError) as caught:
        parse_point(text)
    error = caught.value

    assert sentence in str(error).splitlines()[0]
    assert text[error.start : error.end] == place


CONTENTS = {
    "1,2\n3,4\n": [[1, 2], [3, 4]],
    "1 2\n3 4\n": [[1, 2], [3, 4]],
    "1\r\n2\r\n3": [1, 2, 3],
    "0.1, 0.2": [0.1, 0.2],
}


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["plain", "byte-order mark"])
@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("suffix", ["csv", "txt"])
def test_text_files_are_read(tmp_path, monkeypatch, mark, content, suffix):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"w.{suffix}").write_bytes(mark + content.encode())

    assert same(parse_point(f"W=@w.{suffix},x=1"), {"W": np.array(CONTENTS[content], dtype=float), "x": 1.0})


def test_npy_files_are_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("w.npy", np.arange(6, dtype=np.int32).reshape(2, 3))
    np.save("scalar.npy", np.float32(0.5))

    assert same(parse_point("@w.npy"), np.arange(6.0).reshape(2, 3))
    assert same(parse_point("x=@scalar.npy"), {"x": 0.5})


FILES = {
    "empty.csv": b" \n",
    "words.csv": b"a,b\n1,2\n",
    "wide.txt": "1\n".encode("utf-16"),
    "ragged.csv": b"1,2\n3\n",
    "nan.csv": b"nan,1\n",
    "empty.npy": b"",
    "noise.npy": b"\x93NUMPY\x01\x00not a header",
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_hold_no_array_are_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(FILES[name])

    with pytest.raises(PointError, match=f"{name} cannot be read: "):
        parse_point(f"x=@{name}")


def test_pickles_archives_and_complex_numbers_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("objects.npy", np.array([{}, None], dtype=object), allow_pickle=True)
    np.save("complex.npy", np.array([1j]))
    np.save("words.npy", np.array(["1"]))
    with open("archive.npy", "wb") as file:
        np.savez(file, a=np.ones(2))

    for name in ("objects", "complex", "words", "archive"):
        with pytest.raises(PointError, match=f"{name}.npy cannot be read: "):
            parse_point(f"@{name}.npy")


def test_ranges_are_read():
    assert parse_ranges("x=1:3;y=0.5:2") == {"x": (1.0, 3.0), "y": (0.5, 2.0)}
    assert parse_ranges("x=-pi:pi") == {"x": (-math.pi, math.pi)}


BAD_RANGES = [
    ("", "write x=1:3", ""),
    ("1:3", "write x=1:3", "1:3"),
    ("x=1", "write x=1:3", "1"),
    ("x=1:2:3", "write x=1:3", "1:2:3"),
    ("x=:3", "missing", ":"),
    ("x=3:1", "3.0 is not below 1.0", "3:1"),
    ("x=1:1", "not below", "1:1"),
    ("x=1:2;x=1:2", "given twice", "1:2"),
    ("x=1:y", "y is no number", "y"),
]


@pytest.mark.parametrize(("text", "sentence", "place"), BAD_RANGES, ids=[text for text, _, _ in BAD_RANGES])
def test_a_bad_range_gets_a_sentence_and_a_caret(text, sentence, place):
    with pytest.raises(PointError) as caught:
        parse_ranges(text)
    error = caught.value

    assert sentence in str(error).splitlines()[0]
    assert text[error.start : error.end] == place
