"""Tables of trainings, and one step of a network written out as a lecture does."""

WORDS = {
    # the table
    "nothing": "Nothing was trained.",
    "legend": "digits: fewest correct ones of the certified gradients; step: gradient and update; cost: one "
    "gradient, in evaluations of the loss; memory: of one gradient, which keeps every intermediate.",
    "title": "{data}: {layers} ({parameters} parameters), {activation}, {loss} loss, {optimizer} {rate}, "
    "{batch}, {epochs} epochs, seed {seed}",
    "batch": "batch {size}",
    "whole batch": "all samples at once",
    "prediction": "A prediction keeps nothing: its memory peaks at {memory}.",
    "evaluates": "{backend} evaluates the loss {times} times for the {parameters} parameters in each step.",
    "parts": "{backend} parts from {other} in step {step} (by {difference}): {why}.",
    "loss after": "loss after epoch",
    # one step written out
    "network": "{data}: a {units} network, {activation}, {loss} loss, by {backend}",
    "forward": "Forward pass: every intermediate is kept",
    "loss for": "Loss L = {loss} for the target {target}",
    "backward": "Backward pass: derivatives of L, from the last layer to the first",
    "layer": "Layer {k}",
    "layer of": "Layer {k}: {inputs}, {units}",
    "input": "1 input",
    "inputs": "{count} inputs",
    "unit": "1 unit",
    "units": "{count} units",
    "scores": ", the scores",
    "outer": "(outer)",
    "update": "Update: {rule}",
    "plain rule": "new = old - {rate} * derivative",
    "rule": "{optimizer}, learning rate {rate}",
    "more": "{count} more",
    "rows more": "... ({rows} rows, {columns} columns)",
    "loss goes": "The loss of this sample goes from {before} to {after}.",
}
