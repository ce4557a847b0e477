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
    # report
    "no profile": "그런 프로필은 없다: {profile}. 고를 수 있는 프로필: {profiles}.",
    "nothing to report": "보고할 기록이 없다: diffkit compare 명령으로 먼저 잰다.",
    # explain
    "one point": "explain 명령은 한 점만 보인다: --at 옵션을 한 번만 쓴다.",
    "no graph suffix": "{path} 파일의 확장자는 그래프의 것이 아니다: {suffixes} 가운데 하나를 쓴다.",
    "no animation": "{path}: 애니메이션이 아니다. .gif 파일이나 프레임을 담을 폴더를 정한다.",
}
