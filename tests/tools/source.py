"""C sources as far as the laws of the tree need them: comments and strings blanked, functions found by their braces."""
import os
import re

BLANK = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)


def code_of(text):
    """The text with comments, strings and directives blanked, line for line."""
    def blank(match):
        found = match.group()
        if found[0] in '"\'':
            return found[0] + ' ' * (len(found) - 2) + found[0]
        return re.sub(r'[^\n]', ' ', found)
    text = BLANK.sub(blank, text)
    return re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', lambda m: re.sub(r'[^\n]', ' ', m.group()), text, flags=re.M)


def functions_of(text):
    """(name, first line, lines) of each function: a brace at the left edge behind a head that ends in ')'."""
    code = code_of(text).split('\n')
    found, start = [], None
    for number, line in enumerate(code):
        if line.startswith('{') and start is None:
            head = number
            while head > 0 and code[head - 1].strip() and not re.search(r'[;}]\s*$', code[head - 1]):
                head -= 1
            name = re.search(r'(\w+)\s*\(', ' '.join(code[head:number]))
            start = (name.group(1) if name else '?', head + 1)
        elif line.startswith('}') and start is not None:
            found.append((start[0], start[1], number + 2 - start[1]))
            start = None
    return found


def files_of(root, folders, ends):
    for folder in folders:
        for where, inside, names in os.walk(os.path.join(root, folder)):
            inside.sort()
            for name in sorted(names):
                if name.endswith(ends):
                    yield os.path.relpath(os.path.join(where, name), root)


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8') as file:
        return file.read()
