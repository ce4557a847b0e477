"""What the command line remarks, and the sentences for what cannot be done."""

WORDS = {
    "error": "오류: {message}",
    "interrupted": "중단했다.",
    "wrote": "{path} 파일을 썼다",
    "added": "{path} 파일에 덧붙였다",
    "overwrote": "{path} 파일을 덮어썼다",
    "no folder": "{name} 파일을 둘 폴더가 없다: 먼저 {folder} 폴더를 만든다.",
    "no format": "그런 형식은 없다: {format}. 고를 수 있는 형식: {formats}.",
    "no suffix": "{path} 파일의 확장자로는 형식을 알 수 없다: {suffixes} 가운데 하나를 쓴다.",
    "cannot write": "{path} 파일을 쓸 수 없다: {why}.",
    "not kept": "기록을 남기지 못한다, {path}: {why}. -o rows.jsonl 같은 옵션으로 파일을 정한다.",
    "no font": "한글 글꼴이 설치되어 있지 않다: fonts-noto-cjk 또는 fonts-nanum 패키지를 설치하거나 --lang "
    "en 옵션을 쓴다.",
    "wrote both": "{path}, {other} 파일을 썼다",
    "interrupted, measured": "중단했다. 그때까지 잰 것은 {path} 파일에 있다.",
    "interrupted, checked": "중단했다. 그때까지 검사한 것은 {path} 파일에 있다.",
    "interrupted, trained": "중단했다. 이어서 하려면: diffkit train --resume {path}",
    "no file": "{path} 파일이 없다.",
    "cannot read": "{path} 파일을 읽을 수 없다: {why}.",
    # compare
    "quick or careful": "--quick 옵션과 --careful 옵션은 함께 쓸 수 없다: 하나를 뺀다.",
    "records or functions": "{text}: 재는 것과 기록을 다시 보이는 것은 한 번에 하나씩 한다.",
    "file alone": "--file 옵션은 식과 범위를 파일에서 읽는다: WHAT, --at, --sizes 옵션을 뺀다.",
    "no function": '{option} 옵션은 함수에 쓰는 것인데 함수가 없다: "sin(x)"처럼 하나를 적는다.',
    "no sizes": "{option} {text}: 양의 정수를 늘어놓은 것이 아니다. 10,100처럼 적는다",
    "random alone": "--random-problems 옵션은 함수와 점을 스스로 정한다: {option} 옵션을 뺀다.",
    "sweep or backends": "--sweep-step 옵션은 차분 방식을 스스로 정한다: --backends 옵션을 뺀다.",
    "sweep one": "--sweep-step 옵션은 한 점에서 함수 하나에 쓴다: 함수 하나를 적고 --at 옵션을 한 번 쓴다.",
    # check
    "grad or backends": "--grad 옵션은 검증된 미분과 견주는 것이다: --backends 옵션을 뺀다.",
    "point": "점 {number}",
    "more failures": "그 밖의 실패 종류 {count}가지는 --json 옵션으로 볼 수 있다.",
    # train
    "explain or resume": "--explain 옵션은 새 학습의 첫 단계를 보인다: --resume 옵션을 뺀다.",
    "explain alone": "--explain 옵션은 글로만 보인다: --json, --format, -o 옵션을 뺀다.",
    "settled": "{options}: 이어서 하는 {path} 파일에 이미 정해져 있다; 뺀다.",
    "resume alone": "이어서 하는 학습의 기록은 {path} 파일에 적힌다: -o 옵션을 뺀다.",
    # list and example
    "there already": "{path} 파일이 이미 있다: 다른 이름을 쓰거나 --force 옵션으로 덮어쓴다.",
    "no list": "그런 목록은 없다: {what}. 고를 수 있는 목록: {lists}.",
    # report
    "all alone": "--all 옵션은 모두 새로 재어 보고서를 쓴다: -o 옵션으로 폴더를 정하고 --quick 옵션만 더할 "
    "수 있다.",
    "no folder but a file": "{path}: 파일이다. -o 옵션에 폴더를 적는다.",
    "quick of all": "--quick 옵션은 새로 재는 --all 옵션에 쓴다: 기록은 바로 읽는다.",
    "no report suffix": "{path} 파일의 확장자는 보고서의 것이 아니다: .html 또는 .md를 쓴다.",
    "other format": "{path} 파일은 {format} 형식이 아니다: --format 옵션을 뺀다.",
    "no profile": "그런 프로필은 없다: {profile}. 고를 수 있는 프로필: {profiles}.",
    "nothing to report": "보고할 기록이 없다: diffkit compare 명령으로 먼저 잰다.",
    # explain
    "one point": "explain 명령은 한 점만 보인다: --at 옵션을 한 번만 쓴다.",
    "no graph suffix": "{path} 파일의 확장자는 그래프의 것이 아니다: {suffixes} 가운데 하나를 쓴다.",
    "no animation": "{path}: 애니메이션이 아니다. .gif 파일이나 프레임을 담을 폴더를 정한다.",
}
