"""What the command line remarks, and the sentences for what cannot be done."""

WORDS = {
    "error": "Error: {message}",
    "interrupted": "Interrupted.",
    "wrote": "wrote {path}",
    "added": "added to {path}",
    "overwrote": "overwrote {path}",
    "no folder": "There is no folder {folder} for {name}: make it first.",
    "no format": "There is no format {format}: it is {formats}.",
    "no suffix": "{path} has no suffix that names a format: use one of {suffixes}.",
    "cannot write": "{path} cannot be written: {why}.",
    "not kept": "The records are not kept, {path}: {why}. Name a file with -o rows.jsonl.",
    "no font": "No font with Korean letters is installed: install fonts-noto-cjk or fonts-nanum, or use "
    "--lang en.",
    "wrote both": "wrote {path} and {other}",
    "interrupted, measured": "Interrupted. What was measured is in {path}.",
    "interrupted, checked": "Interrupted. What was checked is in {path}.",
    "interrupted, trained": "Interrupted. Continue with: diffkit train --resume {path}",
    "no file": "There is no file {path}.",
    "cannot read": "{path} cannot be read: {why}.",
    # compare
    "quick or careful": "--quick and --careful exclude each other: leave one out.",
    "records or functions": "{text} is to be measured and records to be shown: ask for one at a time.",
    "file alone": "--file brings its own formulas and ranges: leave out WHAT, --at and --sizes.",
    "no function": '{option} is for a function, and none is named: add one such as "sin(x)".',
    "no sizes": "{option} {text} is no list of positive whole numbers: write 10,100",
    "random alone": "--random-problems brings its own functions and points: leave out {option}.",
    "sweep or backends": "--sweep-step has schemes of its own: leave out --backends.",
    "sweep one": "--sweep-step is for one function at one point: name one, and give --at once.",
    # check
    "grad or backends": "--grad is checked against certified derivatives: leave out --backends.",
    "point": "point {number}",
    "more failures": "and {count} more kinds of failure: --json has them all.",
    # train
    "explain or resume": "--explain shows the first step of a new training: leave out --resume.",
    "explain alone": "--explain is a text on stdout: leave out --json, --format and -o.",
    "settled": "{options}: settled in {path}, which is continued; leave it out.",
    "resume alone": "The records of a continued training go to {path}: leave out -o.",
    # list and example
    "there already": "{path} is there already: name another file, or give --force to overwrite it.",
    "no list": "There is no list of {what}: ask for {lists}.",
    # report
    "all alone": "--all measures anew and writes every report: give it a folder with -o, and --quick.",
    "no folder but a file": "{path} is a file: name a folder with -o.",
    "quick of all": "--quick is for --all, which measures: records are read at once.",
    "no report suffix": "{path} has no suffix of a report: use .html or .md.",
    "other format": "{path} is no file for the format {format}: leave --format out.",
    "no profile": "There is no profile {profile}: it is {profiles}.",
    "nothing to report": "There are no records to report: measure some with diffkit compare.",
    # explain
    "one point": "explain shows one point: give --at once.",
    "no graph suffix": "{path} has no suffix of a graph: use one of {suffixes}.",
    "no animation": "{path} is no animation: name a .gif file, or a folder for the frames.",
}
