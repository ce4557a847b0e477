"""The terms that the glossary explains."""

WORDS = {
    "adjoint": "수반값(adjoint)",
    "attainable digits": "도달 가능한 자릿수",
    "backend": "백엔드",
    "certified": "검증된",
    "compiled": "컴파일된 역전파",
    "complex step": "복소 간격법",
    "cost": "비용",
    "digits": "자릿수",
    "finite differences": "유한 차분(수치 미분)",
    "forward mode": "전진 모드",
    "gradient": "기울기(그래디언트)",
    "Jacobian": "야코비 행렬",
    "local slope": "국소 미분",
    "reverse mode": "후진 모드",
    "set-up": "준비",
    "swell": "수식 팽창",
    "symbolic": "기호 미분",
    "tape": "테이프",
    "ulp": "ulp",
    "unscored": "채점 불가",
}
