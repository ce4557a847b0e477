"""What became of a backend on a problem."""

WORDS = {
    "ok": "정상",
    "wrong": "틀림",
    "unscored": "채점 불가",
    "unsupported": "지원 안 함",
    "timeout": "시간 초과",
    "memory": "메모리 부족",
    "error": "오류",
}
