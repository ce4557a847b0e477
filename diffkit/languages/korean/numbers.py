"""Values as people read them."""

WORDS = {
    "not finite": "유한하지 않음",
    "identity": "단위행렬",
    "all 1": "모두 1",
    "in all": "... 모두 {count}개",
    "shapes": "수 {shapes}",
}
