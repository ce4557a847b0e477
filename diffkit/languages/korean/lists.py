"""Several things in a row, and what `diffkit list` prints."""

WORDS = {
    "and": "{first}, {last}",
    "or": "{first} 또는 {last}",
    # titles of what diffkit list prints
    "name": "이름",
    "suites": "모음",
    "about": "설명",
    "problems": "문제 수",
    "members": "들어 있는 문제",
    "kind": "종류",
    "orders": "차수",
    "kinks": "꺾인 점에서",
    "samples": "표본 수",
    "features": "특징 수",
    "classes": "부류 수",
    "settings": "{about}; 설정: {settings}",
    "does not load": "불러올 수 없다: {reason}",
}
