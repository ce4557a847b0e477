"""The fixed text of a report."""

WORDS = {
    # the head
    "title": "미분하는 여러 방법의 비교",
    "title one": "{problem}: 여러 방법으로 미분하기",
    "title training": "신경망 하나, 여러 방법으로 학습하기",
    "title checks": "기울기 검사",
    "subtitle": "기록 {records}개, 백엔드 {backends}개, {problems}, 잰 기계: {machine}. 여기서 다시 잰 것은 "
    "없으며 모두 기록에서 읽었다.",
    "subtitle checks": "기울기 {checks}. 여기서 다시 잰 것은 없으며 모두 기록에서 읽었다.",
    "problem": "문제 1개",
    "problems": "문제 {count}개",
    "trainings": "학습 {count}번",
    "checks made": "검사 {count}번",
    "checks made one": "검사 1번",
    "contents": "차례",
    "evidence": "근거",
    "not tried": "나머지는 시도하지 않음",
    "failure": "{status} {count}개",
    "more": "그 밖에 {count}개",
    # the sections
    "answer": "결론",
    "outcomes": "결과",
    "accuracy": "정확도",
    "cost": "비용",
    "choice": "정확도와 비용",
    "training": "학습",
    "checks": "검사",
    "how": "원리",
    "method": "방법과 기계",
    "glossary": "용어집",
    # the sentences of the answer, each with its condition
    "right all": "검증된 문제 {problems}개 가운데 {right}개에서 모든 백엔드가 옳다.",
    "right all one": "모든 백엔드가 옳다: {best}.",
    "right some": "검증된 문제 {problems}개 가운데 {right}개에서 옳은 백엔드: {best}; {least}개에서 옳은 "
    "백엔드: {worst} ({failures}).",
    "right some one": "옳은 백엔드: {best}; 옳지 않은 백엔드: {worst} ({failures}).",
    "right none": "검증된 미분이 있는 문제 {problems}개 어디에서도 옳은 백엔드가 없다.",
    "right none one": "옳은 백엔드가 없다.",
    "uncertified": "문제 {problems}개 가운데 검증된 미분이 있는 것이 없어서, 어느 것이 옳은지 아무도 모른다.",
    "uncertified one": "여기서는 미분을 검증할 수 없어서, 어느 것이 옳은지 아무도 모른다.",
    "digits alike": "모두가 채점된 문제 {problems}개에서 모든 백엔드가 중앙값으로 {most}자리를 지키며, "
    "차이는 한 자리 안이다.",
    "digits alike one": "모든 백엔드가 검증된 미분의 {most}자리를 지키며, 차이는 한 자리 안이다.",
    "digits apart": "모두가 채점된 문제 {problems}개의 중앙값으로 {most}자리를 지키는 백엔드: {best}; "
    "{fewest}자리: {worst}.",
    "digits apart one": "검증된 미분의 {most}자리를 지키는 백엔드: {best}; {fewest}자리: {worst}.",
    "fastest": "시간을 잰 문제 {problems}개 가운데 {wins}개에서, 옳은 답을 뚜렷이 가장 빨리 낸 백엔드: "
    "{best}.",
    "fastest one": "옳은 답을 뚜렷이 가장 빨리 낸 백엔드: {best}.",
    "fastest ties": "시간을 잰 문제 {problems}개 가운데 {wins}개에서, 옳은 답을 뚜렷이 가장 빨리 낸 백엔드: "
    "{best}; {ties}개에서는 앞선 것들의 시간이 겹쳐 승자가 없다.",
    "fastest none": "시간을 잰 문제 {problems}개 어디에서도 뚜렷이 가장 빠른 백엔드가 없다. 시간이 서로 "
    "겹친다.",
    "fastest none one": "뚜렷이 가장 빠른 백엔드가 없다. 시간이 서로 겹친다: {best}.",
    "losing": "문제 {count}개에서는 무엇으로 미분하든 프로그램 자체가 {digits}자리도 지키지 못한다: "
    "{names}. 백엔드를 고르기 전에 프로그램을 고쳐 쓴다.",
    "losing one": "{names}: 무엇으로 미분하든 프로그램 자체가 {digits}자리도 지키지 못한다. 백엔드를 고르기 "
    "전에 프로그램을 고쳐 쓴다.",
    "trained": "{data} 데이터로 에포크 {epochs}번 학습했다. 손실 {loss}, 백엔드: {backends}; 한 단계에 "
    "걸리는 시간: {quickest} {quick}, {slowest} {slow}.",
    "parted": "{backend}: {step}단계에서 {other} 궤적과 갈라진다: {why}.",
    "kept": "학습 중에 검증한 기울기가 적어도 {most}자리를 지키는 백엔드: {best}; {fewest}자리: {worst}.",
    "kept alike": "학습 중에 검증한 기울기가 모든 백엔드에서 적어도 {most}자리를 지킨다.",
    "agree alone": "검사한 기울기는 기준과 일치한다.",
    "disagree alone": "검사한 기울기는 기준과 일치하지 않는다.",
    "cannot tell alone": "검사한 기울기가 옳은지 판단할 수 없다.",
    "checked": "검사 {count}번 가운데 일치 {agree}, 불일치 {disagree}, 판단 불가 {undecided}.",
    # outcomes
    "outcomes intro": "문제마다 각 백엔드가 낸 결과다. 실패도 결과이므로 까닭과 함께 적는다.",
    "by backend": "백엔드별 결과",
    "by status": "결과별 문제 수",
    "reasons": "무엇이 왜 잘못되었는가",
    "reasons more": "까닭 {count}개가 기록에 더 있다.",
    # accuracy
    "accuracy intro": "자릿수는 미분 전체에서 맞은 십진 자릿수이며, 확실한 포함 구간과 견주어 센다. 행의 "
    "차례는 기록의 차례일 뿐 순위가 아니다.",
    "by digits": "채점된 모든 문제에서 지킨 자릿수",
    # cost
    "cost intro": "비용은 한 번 호출하는 시간이며 함수 호출의 몇 배인지로 나타낸다. 백엔드가 번갈아 차례를 "
    "갖는 여러 회차의 중앙값이다. 문제의 가운데 절반이 두 사분위수 사이에 있고, 두 행이 겹치면 그 "
    "사이에는 순위가 없다.",
    "cost one": "비용은 한 번 호출하는 시간이며 함수 호출의 몇 배인지로 나타낸다. 백엔드가 번갈아 차례를 "
    "갖는 여러 회차의 중앙값이다.",
    "by cost": "한 번 호출하는 비용, 시간을 잰 모든 문제",
    "growth": "크기에 따라 비용이 커지는 정도",
    # accuracy against cost
    "choice intro": "자릿수가 더 많이 필요할수록 남는 백엔드는 줄어든다. 각 문장은 이 기록에서 채점된 모든 "
    "문제에 대해 한꺼번에 성립한다.",
    "need": "{digits}자리가 필요하면, ",
    "need range": "{least}~{digits}자리가 필요하면, ",
    "rows": "모든 측정 ({count}개)",
    "rows cut": "모든 측정: {all}개 가운데 처음 {count}개",
    "chooser": "필요한 것만 보기",
    "digits needed": "필요한 자릿수, 적어도",
    "search": "문제나 백엔드 이름에 들어 있는 말",
    "only ok": "옳은 것만",
    "shown": "{all}행 가운데 {shown}행을 보인다.",
    "meeting": "보이는 채점된 문제 모두에서 그만큼의 자릿수를 지키는 백엔드: {names}.",
    "meeting none": "보이는 채점된 문제 모두에서 그만큼의 자릿수를 지키는 백엔드는 없다.",
    # training
    "training intro": "같은 신경망을 같은 출발점에서 모든 백엔드로 학습한다. 다른 것은 기울기의 비용과 "
    "기울기가 지키는 자릿수다.",
    "losses": "에포크별 손실과 그때까지 단계에 걸린 시간(초)",
    # checks
    "checks intro": "누군가의 기울기를 검증된 미분과 견준다. 허용 오차를 손으로 고르지 않는다.",
    "by claim": "주장별 판정",
    # how it works
    "how intro": "역전파의 예: {title}. 순전파의 중간값을 모두 보관한 다음, 결과의 미분이 거꾸로 흐르면서 "
    "단계마다 국소 미분을 곱한다. 이 수들은 백엔드 reverse가 실제로 쓰는 테이프에서 읽은 것이다.",
    "passes": "순전파와 역전파, 노드 하나씩",
    # method
    "certified": "자릿수를 검증하는 법: 프로그램을 128비트 이상의 구간 위에서 돌린다. 국소 미분은 우리 "
    "규칙이 아닌 멱급수에서 얻으므로, 틀린 규칙이 자기를 검증할 수 없다. 꺾인 점처럼 구간에 가둘 수 없는 "
    "곳은 채점 불가라고 적는다.",
    "timed": "시간을 재는 법: 백엔드가 번갈아 차례를 갖는다. 표본 하나는 여러 번 호출한 시간을 호출 횟수로 "
    "나눈 것이다. 중앙값을 보이고, 더 빠른지는 사분위수로 정한다. 준비는 한 번 하며 따로 보인다.",
    "memory": "메모리는 한 번 호출하는 동안 파이썬과 NumPy가 쥐고 있는 최댓값이며, 따로 돌려서 잰다.",
    "seeds": "시드: {seeds}. 시드가 같으면 점과 출발점이 같다.",
    "commands": "이것을 잰 명령",
    "machine": "기계와 버전",
    "machine name": "항목",
    "machine value": "값",
    "missing figures": "이 기록으로 그릴 수 없는 그림",
    "some panels": "문제 {total}개 가운데 {shown}개를 보인다. 표에는 모두 있다.",
    "figure": "그림",
    "needs": "필요한 것",
    "why": "까닭",
    # the index of all reports
    "index": "보고서",
    "index intro": "명령 하나, `diffkit report --all -o reports`로 모두 새로 재어 만들었다. 보고서마다 "
    "네트워크 없이 브라우저에서 열리는 파일 하나이며, 기록은 그 바탕이다.",
    "index default": "기본 모음",
    "index hard": "어려운 경우",
    "index swell": "수식 팽창",
    "index cost": "비용",
    "index training": "학습",
    "index report": "보고서",
    "index records": "기록",
    # titles of columns
    "backend": "백엔드",
    "outcome": "결과",
    "certified problems": "문제 수",
    "which": "문제",
    "digits": "자릿수",
    "digits median": "중앙값",
    "digits worst": "최소",
    "digits where": "최소인 문제",
    "two ulps": "2 ulp 이내",
    "bounded": "스스로 낸 한계 안",
    "attainable": "도달 가능",
    "cost column": "비용",
    "low": "제1사분위수",
    "middle": "중앙값",
    "high": "제3사분위수",
    "set-up": "준비",
    "held": "메모리",
    "status": "결과",
    "claim": "주장",
    "agree": "일치",
    "disagree": "불일치",
    "cannot tell": "판단 불가",
    "fewest digits": "최소 자릿수",
    "epoch": "에포크 {epoch}",
    "size range": "n",
    "grows time": "시간",
    "grows cost": "비용",
    "grows memory": "메모리",
    "grows operations": "연산 수",
}
