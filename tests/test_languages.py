"""Every sentence in every language, and in which one is spoken."""

import ast
import contextvars
import re
import threading
from pathlib import Path
from string import Formatter

import pytest

from diffkit.languages import LANGUAGES, Subject, UnknownLanguage, speaking, spoken, table
from diffkit.languages.retelling import RECORDED
from diffkit.report import fonts

FOLDER = Path(__file__).parents[1] / "diffkit" / "languages"
SUBJECTS = sorted(file.stem for file in (FOLDER / "english").glob("*.py") if file.stem != "__init__")
OTHERS = [code for code in LANGUAGES if code != "en"]


def braces(text):
    """The names in braces, with how they are to be written, in any order."""
    return sorted((name, form) for _, name, form, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_the_same_subjects(code):
    there = sorted(file.stem for file in (FOLDER / LANGUAGES[code]).glob("*.py") if file.stem != "__init__")
    assert there == SUBJECTS


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("code", OTHERS)
def test_every_table_has_the_same_keys_and_braces(code, subject):
    english, other = table("en", subject), table(code, subject)
    assert list(other) == list(english), "a sentence is missing, or stands elsewhere"
    assert {key for key in english if braces(english[key]) != braces(other[key])} == set()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_sentence_was_left_in_english(subject):
    """What has two English words or more, names in braces aside, has Korean letters in Korean."""
    pairs = zip(table("en", subject).values(), table("ko", subject).values(), strict=True)
    assert [text for text, korean in pairs if wordy(text) and not fonts.is_korean(korean)] == []


def wordy(text):
    plain = "".join(piece for piece, *_ in Formatter().parse(text))
    return len([word for word in plain.split() if word.strip(".,:;()").isalpha() and len(word) > 1]) > 1


def test_a_missing_sentence_is_an_error_and_never_english():
    with speaking("ko"), pytest.raises(KeyError):
        Subject("explain")("no such sentence")


# Recorded sentences


def written_sentences():
    """Every text in the package's source, an f-string with braces in the place of its parts."""
    for path in FOLDER.parent.rglob("*.py"):
        if FOLDER not in path.parents:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    pieces = (each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
                    yield "".join(pieces)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


@pytest.mark.parametrize("subject", RECORDED)
def test_what_is_told_again_is_what_is_recorded(subject):
    """The longest stretch of each English sentence stands in the source: whoever changes it changes both.

    It may have been put together from three.
    """
    source = "\0".join(" ".join(words_of(text)) for text in written_sentences())
    longest = {
        key: max((piece for piece, *_ in Formatter().parse(text)), key=len)
        for key, text in table("en", subject).items()
    }
    assert {key: piece for key, piece in longest.items() if runs(words_of(piece), source) > 3} == {}


def words_of(text):
    """The words, without marks between them."""
    return re.sub(r"[.:;,()?]", " ", text.lower()).split()


def runs(words, source):
    """In how many stretches the words stand in the source; many where one of them does not."""
    count = 0
    while words:
        longest = next((n for n in range(len(words), 0, -1) if " ".join(words[:n]) in source), 0)
        if not longest:
            return len(words) + 99
        words, count = words[longest:], count + 1
    return count


# What stands in the code

SPEAKING = ("report", "cli")  # rooms whose sentences are all in tables
HELP = ("cli/__init__.py", "cli/options.py", "cli/example.py")  # read before a language is chosen
LOOK = ("report/graph/look.py",)  # names of colours
WORDS, CODE = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b"), re.compile(r"[<>{=;\\]|^diffkit ")
NO_SENTENCES = {  # of records and of faults, which nobody reads in a language
    " is no block of a page.", "meaning of ", "loss by epoch", "loss by second", "gradient norm",
    "axes fraction",
}  # fmt: skip


def literals(path):
    """The texts in a file that are no docstring, with two words or more; no commands to type, no markup."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    owners = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree)
                  if isinstance(node, owners) and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    texts = (node.value for node in ast.walk(tree)
             if isinstance(node, ast.Constant) and id(node) not in docstrings)  # fmt: skip
    for text in texts:
        if isinstance(text, str) and WORDS.search(text) and not CODE.search(text):
            yield text


def test_no_sentence_stands_in_the_code():
    """A text of two words that is shown is looked up: in the code stands only its key."""
    keys = {key for subject in SUBJECTS for key in table("en", subject)} | NO_SENTENCES
    package = FOLDER.parent
    paths = [path for room in SPEAKING for path in (package / room).rglob("*.py")
             if path.relative_to(package).as_posix() not in HELP + LOOK]  # fmt: skip
    assert [(path.name, text) for path in paths for text in literals(path) if text not in keys] == []


# Which language is spoken


def test_the_environment_chooses_and_a_block_overrides_it(monkeypatch):
    assert spoken() == "en"
    monkeypatch.setenv("DIFFKIT_LANG", "ko")
    assert spoken() == "ko"
    with speaking("en"):
        assert spoken() == "en"
        with speaking(None):
            assert spoken() == "en"
    assert spoken() == "ko"


def test_an_unknown_language_is_refused_with_those_that_there_are(monkeypatch):
    with pytest.raises(UnknownLanguage, match="no language fr: it is en or ko"), speaking("fr"):
        pass
    monkeypatch.setenv("DIFFKIT_LANG", "de")
    with pytest.raises(UnknownLanguage, match="DIFFKIT_LANG=de: it is en or ko"):
        Subject("explain")("value")


def test_threads_do_not_hear_each_other(monkeypatch):
    """A block holds for its own thread: others follow the environment, or the context they are given."""
    heard = {}

    def listen(name):
        heard[name] = spoken()

    with speaking("ko"):
        given = contextvars.copy_context()
        threads = [threading.Thread(target=given.run, args=(listen, "given"))]
    with speaking("en"):
        monkeypatch.setenv("DIFFKIT_LANG", "ko")
        threads.append(threading.Thread(target=contextvars.Context().run, args=(listen, "alone")))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert spoken() == "en"
    assert heard == {"given": "ko", "alone": "ko"}


# Fonts


def test_only_korean_asks_for_a_korean_font(monkeypatch):
    monkeypatch.setattr(fonts, "korean_font", lambda: "NanumGothic")
    assert fonts.families(["d/dx", "∂"]) == ["DejaVu Sans"]
    assert fonts.families(["값"]) == ["DejaVu Sans", "NanumGothic"]
    with speaking("ko"):
        assert fonts.families() == ["DejaVu Sans", "NanumGothic"]


def test_a_font_is_found_by_any_of_its_names_and_by_its_file(monkeypatch):
    """In matplotlib's list, or of files that are newer than this list."""
    from matplotlib import font_manager

    class Entry:
        def __init__(self, name):
            self.name = name

    class Manager:
        ttflist = (Entry("DejaVu Sans"), Entry("UnDotum"))

        def addfont(self, path):
            self.ttflist = (*self.ttflist, Entry(path))

    monkeypatch.setattr(font_manager, "fontManager", Manager())
    assert fonts.korean_font.__wrapped__() == "UnDotum"
    Manager.ttflist = (Entry("DejaVu Sans"),)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/f/Vera.ttf", "/f/NanumGothic.ttf"])
    assert fonts.korean_font.__wrapped__() == "/f/NanumGothic.ttf"
    monkeypatch.setattr(font_manager, "fontManager", Manager())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/f/Vera.ttf"])
    assert fonts.korean_font.__wrapped__() is None
