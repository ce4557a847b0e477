"""Tables of measurements: what stands above, within and below them, and the answer in front."""

WORDS = {
    # what was asked for
    "derivative": "미분",
    "gradient": "기울기",
    "jacobian": "야코비 행렬",
    "hessian": "헤세 행렬",
    "jvp": "야코비-벡터 곱",
    "vjp": "벡터-야코비 곱",
    "hvp": "헤세-벡터 곱",
    "at": ", 점 {point}",
    "attainable": ", 도달 가능 {digits}자리",
    "nothing": "잰 것이 없다.",
    "nothing checked": "검사한 것이 없다.",
    # below the table
    "double": "배정밀도 수의 자릿수는 16이 한계다",
    "meaning of cost": "비용: 한 번 호출하는 시간, f 호출의 몇 배인가",
    "meaning of x hand": "손 대비: 손으로 쓴 미분 호출의 몇 배인가",
    "meaning of set-up": "준비: 처음 한 번",
    "meaning of break-even": "손익분기: 준비까지 합쳐, 한 번 호출에 가장 싼 백엔드보다 오래 걸리지 않게 "
    "되는 호출 횟수",
    # the answer in front of it
    "unknown": "알 수 없음",
    "symbolic": "기호 미분",
    "certified": "검증됨",
    "certified exact": "검증됨, 정확함",
    "certified to": "{digits}자리까지 검증됨",
    "not certified": "검증되지 않음",
    # what to take
    "rewrite": "백엔드를 고르기 전에 함수를 고쳐 쓴다. 여기서는 어떤 백엔드에도 한 자리도 남지 않는다.",
    "uncertified": "권할 백엔드가 없다. 검증된 미분이 없으면 어느 것이 옳은지 아무도 모른다.",
    "bar attainable": "도달 가능한 자릿수에서 한 자리 안에 드는",
    "bar digits": "{digits}자리 이상을 지킨",
    "bar on all": "문제 {count}개 모두에서 {bar}",
    "nobody": "시간을 잰 백엔드 가운데 {condition} 것이 없다{nearest}.",
    "nearest": "; 가장 가까운 것: {backend}, 가장 나쁠 때 {digits}자리",
    "work": "준비와 호출 {calls}번",
    "work once": "준비와 호출 {calls}번",
    "take the only": "{backend} 권장: {condition} 백엔드는 이것뿐이다. {work}에 걸리는 시간은 {time}.",
    "take the best": "{backend} 권장: {condition} 백엔드 {count}개 가운데 {work}에 걸리는 시간이 가장 짧다, "
    "{time}.",
    "take one of": "{backends} 권장: {condition} 백엔드 {count}개 가운데 {work}에 걸리는 시간이 가장 짧다, "
    "약 {time}. 시간이 서로 겹치므로 이들 사이에 승자는 없다.",
    "in python": "파이썬에서는, {name}:",
    # many problems
    "honesty": "문제: 검증된 미분이 있는 문제 수; 1e-12, 1e-8: 상대 오차가 그 이하인 문제; 한계 안: 오차가 "
    "백엔드 스스로 내놓은 한계 안에 든다; 숨은 오답: 1e-8 넘게 틀리고, 스스로 내놓은 한계의 10배 넘게 "
    "틀린다; 평균, 중앙값: 미분 하나에 f를 계산한 횟수; 답 없음: 유한한 답을 내지 못했다",
    "random problems": "무작위 문제 {count}개, 시드 {seed}",
    # steps
    "sweep": "{name}: {operator}의 상대 오차",
    "sweep legend": "바닥: 가장 작은 오차와 그때의 간격 h; 큰 쪽, 작은 쪽: log(h)에 대한 log(오차)의 "
    "기울기. 간격이 큰 쪽은 절단 오차가, 작은 쪽은 반올림 오차가 정한다",
    "floor": "바닥",
    "at h": "그때 h",
    "longer": "큰 쪽",
    "shorter": "작은 쪽",
    "own step": "{backend}: 간격 {step}, 스스로 골랐다, {told}",
    "own steps": "{backend}: 간격을 스스로 고른다, {told}",
    "no step": "{backend}: 간격을 고를 필요가 없다, {told}",
    "with evaluations": "{error}, 계산 횟수: {evaluations}",
    # costs and growth
    "by hand": "값과 미분의 시간, 손으로 쓴 것의 몇 배인가; f와 손의 단위는 초",
    "grows": "{problem}: {operator}, n의 몇 제곱으로 커지는가, n = {least}부터 {most}까지 (95 %)",
}
