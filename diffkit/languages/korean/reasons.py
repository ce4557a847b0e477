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
