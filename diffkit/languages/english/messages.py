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
    # report
    "no profile": "There is no profile {profile}: it is {profiles}.",
    "nothing to report": "There are no records to report: measure some with diffkit compare.",
    # explain
    "one point": "explain shows one point: give --at once.",
    "no graph suffix": "{path} has no suffix of a graph: use one of {suffixes}.",
    "no animation": "{path} is no animation: name a .gif file, or a folder for the frames.",
}
