#!/usr/bin/env python3
"""Makes the coded file that `nhs-qdc.fast` is trained on, from the NHS comments that are published.

    python3 models/training/nhs_fft.py v6framework_230831.csv nhs-fft-coded.csv

Input: `datasets/v6framework_230831.csv` of The-Strategy-Unit/pxtextmining on GitHub, at commit
c62c79d74c7ba2f88d71a43386a2d36824e4633d (MIT licence, copyright NHS England): comments of the
Friends and Family Test from two NHS trusts, a column for each category of version 6 of the
framework, marked 1. Output: a row a comment, its categories under their names in version 7, joined
by "; ". Categories that version 7 merged are joined with OR; those that it does not have are left
out. The merges follow the descriptions of the categories of version 7; no table of them is
published. Nothing but Python's own library is needed. Both files' SHA-256 is printed.
"""
import csv
import hashlib
import sys

MERGED = {
    "Continuity of care": ["Staff continuity", "Diagnosis & triage", "Referals & continuity of care", "Care plans"],
    "Environment, facilities & equipment": ["Provision of medical equipment", "Environment & Facilities"],
    "Staffing levels & responsiveness": ["Number & deployment of staff", "Staff responsiveness"],
}
SAME = [
    "Organisation & efficiency", "Funding & use of financial resources", "Staff manner & personal attributes",
    "Competence & training", "Unspecified communication", "Staff listening, understanding & involving patients",
    "Information directly from staff during care", "Information provision & guidance",
    "Being kept informed, clarity & consistency of information", "Contacting services", "Appointment arrangements",
    "Appointment method", "Timeliness of care", "Pain management", "Discharge",
    "Cleanliness, tidiness & infection control", "Service location", "Transport to/ from services", "Parking",
    "Electronic entertainment", "Feeling safe", "Mental Health Act", "Labelling not possible",
    "Supplying & understanding medication", "Activities & access to fresh air", "Food & drink provision & facilities",
    "Sensory experience", "Interaction with family/ carers", "Positive experience & gratitude",
]
KEPT = {
    "comment_id": "Comment ID", "organisation": "Trust", "date": "Date", "fft_score": "FFT categorical answer",
    "question": "FFT question", "comment": "FFT answer", "sentiment": "Comment sentiment",
}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def main(source, target):
    with open(source, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        reader.fieldnames = [name.strip() for name in reader.fieldnames or []]
        needed = [*KEPT.values(), *SAME, *(name for names in MERGED.values() for name in names)]
        missing = [name for name in needed if name not in reader.fieldnames]
        if missing:
            sys.exit(f"{source} has no column {missing[0]!r}: it is not the file that is named above")
        rows = list(reader)
    marked = lambda row, name: (row[name] or "").strip() == "1"
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*KEPT, "themes"])
        for row in rows:
            themes = [name for name in SAME if marked(row, name)]
            themes += [name for name, parts in MERGED.items() if any(marked(row, part) for part in parts)]
            writer.writerow([*(row[name] for name in KEPT.values()), "; ".join(themes)])
    print(f"{len(rows)} comments")
    for path in (source, target):
        print(sha256(path), path)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
