"""What measurements and trainings have recorded, to be told again."""

WORDS = {
    # measurements
    "no truth": "검증된 참값이 없다: {reason}",
    "keeps no more": "f 자체가 더 지키지 못한다",
    "program loses": "쓰인 그대로의 f는 배정밀도의 어떤 방법에도 16자리 가운데 {left}자리만 남긴다: {blame}.",
    "program loses together": "쓰인 그대로의 f는 모든 연산을 합쳐, 배정밀도의 어떤 방법에도 16자리 가운데 "
    "{left}자리만 남긴다.",
    "backend loses": "{backend}: {allowed}자리 가운데 {kept}자리를 지킨다: {fault}.",
    "alone": "{operation} 하나의 반올림만으로 {digits}자리밖에 남지 않는다",
    "alone, rewrite": "{operation} 하나의 반올림만으로 {digits}자리밖에 남지 않는다; {old} 대신 {new}라고 "
    "쓴다",
    "alone, no form": "{operation} 하나의 반올림만으로 {digits}자리밖에 남지 않는다; 다른 꼴은 알려져 있지 "
    "않다: 배정밀도보다 높은 정밀도로 계산한다",
    "singular": "특이에 가까운 행렬의 {operation} 때문에 잃는다",
    "unresolved differences": "그 차분으로는 여기서 f를 가려낼 수 없다",
    "rounds elsewhere": "다른 것이 반올림하지 않는 곳에서 반올림한다",
    "formula did": "SymPy의 수식 때문이다",
    "formula did because": "SymPy의 수식 때문이다: {blame}",
    "rules did": "그 규칙 때문이다",
    "rules did because": "그 규칙 때문이다: {blame}",
    "rounded values": "반올림된 f 값의 차분으로는 여기서 더 가려낼 수 없다",
    "no step shows": "반올림된 f 값에서는 어떤 간격으로도 이 미분이 보이지 않는다",
    "balance": "간격이 {h}쯤이면 절단 오차와 반올림 오차가 균형을 이룬다",
    "too long": "{h}쯤의 간격은 너무 길다, 절단 오차다; {better}이면 {digits}자리를 지킨다",
    "too short": "{h}쯤의 간격은 너무 짧다, 반올림 오차다; {better}이면 {digits}자리를 지킨다",
    "allows": "{kept}자리를 지키는데, 프로그램은 {allowed}자리까지 지킬 수 있다",
    "promises": "{kept}자리를 지키는데, 스스로 낸 오차 한계는 {digits}자리를 약속한다",
    "promises of which": "{kept}자리를 지키며, 스스로 낸 오차 한계는 그 가운데 {digits}자리만 약속한다",
    "certified along": "성분 {entries}개가 아니라 시드로 뽑은 방향 {count}개를 따라 검증했다",
    "and certified along": "{sentence}; 성분 {entries}개가 아니라 시드로 뽑은 방향 {count}개를 따라 검증했다",
    "result not finite": "유한하지 않음",
    "result of shape": "형상이 {got}인데 {owed}이어야 한다",
    "out of time": "제한 시간 {seconds}초가 지나 끝냈다, {stage} 중에.",
    "out of memory": "메모리 {used} GB에서 끝냈다, {stage} 중에; 제한은 {limit} GB이다.",
    "no truth because": "참값이 없다: {reason}",
    "not scored": "채점하지 못했다: {reason}",
    "in-process": "다른 프로세스로 보낼 수 없어서 이 프로세스에서 돌렸다: {error}",
    "its preparation": "준비",
    "its first call": "첫 호출",
    "a timed round": "시간 재기",
    "f itself": "f 자체",
    "counting evaluations": "계산 횟수 세기",
    "its error estimate": "오차 추정",
    "measuring memory": "메모리 재기",
    "an epoch": "에포크",
    "sign open": "{primitive}: 인수의 부호가 정해지지 않는 {point}에서의 {function}",
    "slope of": "{point}에서 {primitive} 함수의 미분",
    "rule disagrees": "규칙 {primitive}: 그 복소 함수와 어긋난다. 복소 함수가 거기서 자릿수를 잃거나 "
    "해석적이지 않다 (abs, 비교); forward 또는 reverse를 쓴다.",
    "symbols of data": "symbolic은 데이터의 성분마다 기호를 만든다: 인수 {i}의 성분이 {count}개로 "
    "{most}개가 넘는다; reverse를 쓰거나 함수가 데이터를 품게 한다.",
    "tie": "{primitive}: 비긴 값들의 최댓값이나 최솟값, {point}에서",
    "division": "{primitive}: 0을 담은 구간으로 나눔, {point}에서",
    "not decided": "구간으로 정할 수 없는 {primitive}, {point}에서",
    "on its jump": "{primitive}: 값이 뛰는 점 {point} 위에 있다",
    "balls wide": "{bits}비트에서도 구간이 아직 넓다",
    "no rule": "{name}: 미분 규칙이 없다. {path} 파일에 행을 더하거나, diffkit.rule로 규칙을 주거나, 규칙이 "
    "있는 함수로 쓴다 (diffkit list functions).",
    "in place": "{name}: 배열을 제자리에서 바꾼다. np.where, np.concatenate, np.stack을 쓴다.",
    "branch": "기록된 프로그램은 값에 따라 갈라질 수 없다: {line}. 분기를 np.where(condition, a, b)로 "
    "쓰거나 forward, reverse 백엔드를 쓴다.",
    "symbolic branch": "symbolic: {condition}에 따른 분기를 np.where(condition, a, b)로 써야 한다. if나 "
    "반복, 성분 고르기는 기호를 따라갈 수 없다 ({line}).",
    "no second derivatives": "{backend}: 이계 미분이 없다. forward 또는 reverse를 쓴다.",
    # what is done now
    "now truth": "{name}: 참값",
    "now timing": "{name}: 시간 재기",
    "now preparing": "{name}: 준비",
    "now epoch": "{name}: 에포크 {count}",
    "now epoch, loss": "{name}: 에포크 {count}, 손실 {loss}",
    # trainings
    "no slope": "활성화 함수 {activation}의 미분은 있는 곳마다 0이므로 마지막 층을 뺀 모든 층의 기울기가 "
    "0이고 학습이 그 층을 움직이지 못한다; 매끄러운 문턱 함수 logistic을 쓴다",
    "no slope.": "활성화 함수 {activation}의 미분은 있는 곳마다 0이므로 마지막 층을 뺀 모든 층의 기울기가 "
    "0이고 학습이 그 층을 움직이지 못한다; 매끄러운 문턱 함수 logistic을 쓴다.",
    "vanishing": "기울기 소실: 첫 층부터 마지막 층까지 노름이 {norms}; 층을 줄이거나 relu 또는 다른 "
    "초기화를 쓴다",
    "exploding": "기울기 폭발: 첫 층부터 마지막 층까지 노름이 {norms}; 가중치나 학습률을 줄인다",
    "dead": "{k}층 뉴런 {units}개 가운데 {dead}개가 죽었다: 표본 {samples}개 모두에서 {activation} = 0이다; "
    "leaky-relu를 쓰거나 학습률을 줄인다",
    "none certified": "그때까지 검증한 기울기가 없다",
    "keeps fewer": "{a}의 기울기는 {kept}자리, {b}의 기울기는 {other}자리를 지킨다",
    "amplified": "두 기울기 모두 반올림 오차까지 옳고 ({kept}자리, {other}자리), 학습이 {steps}단계에 걸쳐 "
    "반올림 오차를 키웠다",
}
