"""Tables of trainings, and one step of a network written out as a lecture does."""

WORDS = {
    # the table
    "nothing": "학습한 것이 없다.",
    "legend": "자릿수: 검증한 기울기 가운데 가장 적게 맞은 자릿수; 한 단계: 기울기 계산과 갱신; 비용: "
    "기울기 한 번의 시간, 손실 계산의 몇 배인가; 메모리: 중간값을 모두 보관하는 기울기 한 번의 메모리.",
    "title": "{data}: {layers} (매개변수 {parameters}개), {activation}, {loss} 손실, {optimizer} {rate}, "
    "{batch}, 에포크 {epochs}번, 시드 {seed}",
    "batch": "배치 {size}",
    "whole batch": "전체 표본을 한꺼번에",
    "prediction": "예측은 아무것도 보관하지 않는다. 메모리의 최댓값은 {memory}.",
    "evaluates": "{backend}: 매개변수 {parameters}개의 기울기를 얻으려고 단계마다 손실을 {times}번 계산한다.",
    "parts": "{backend}: {step}단계에서 {other} 궤적과 갈라진다 (차이 {difference}): {why}.",
    "loss after": "에포크별 손실",
    # one step written out
    "network": "{data}: {units} 신경망, {activation}, {loss} 손실, 백엔드 {backend}",
    "forward": "순전파: 중간값을 모두 보관한다",
    "loss for": "손실 L = {loss}, 목표 {target}",
    "backward": "역전파: L의 미분, 마지막 층에서 첫 층으로",
    "layer": "{k}층",
    "layer of": "{k}층: {inputs}, {units}",
    "input": "입력 1개",
    "inputs": "입력 {count}개",
    "unit": "뉴런 1개",
    "units": "뉴런 {count}개",
    "scores": ", 점수",
    "outer": "(외적)",
    "update": "갱신: {rule}",
    "plain rule": "이후 = 이전 - {rate} * 미분",
    "rule": "{optimizer}, 학습률 {rate}",
    "more": "{count}개 더",
    "rows more": "... ({rows}행, {columns}열)",
    "loss goes": "이 표본의 손실: {before} -> {after}.",
}
