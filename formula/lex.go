package formula

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName bounds the length of names.
const maxName = 100

type tokenKind uint8

const (
	tokEnd  tokenKind = iota // of the text
	tokLine                  // of a statement: a newline or ;
	tokNumber
	tokName
	tokSymbol
)

type token struct {
	kind  tokenKind
	text  string
	value float64
	pos   Pos
}

// describe names a token as error messages do.
func (t token) describe() string {
	switch t.kind {
	case tokEnd:
		return "the end of the formula"
	case tokLine:
		return "the end of the line"
	}
	return strconv.Quote(t.text)
}

// lex cuts the text into tokens. A newline inside parentheses or brackets, or
// after an operator or comma, does not end the statement; # starts a comment.
func lex(src *source) ([]token, *Error) {
	var toks []token
	depth := 0
	for i, line := range src.lines {
		if cut := strings.IndexByte(line, '#'); cut >= 0 {
			line = line[:cut]
		}
		l := lexer{src: src, runes: []rune(line), line: i + 1}
		for {
			t, err := l.next()
			if err != nil {
				return nil, err
			}
			if t.kind == tokEnd {
				break
			}
			switch t.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth = max(depth-1, 0)
			}
			toks = append(toks, t)
		}
		if depth == 0 && len(toks) > 0 && !continues(toks[len(toks)-1]) {
			toks = append(toks, token{kind: tokLine, pos: Pos{i + 1, len(l.runes) + 1}})
		}
	}
	last := len(src.lines)
	return append(toks, token{kind: tokEnd, pos: Pos{last, len([]rune(src.lines[last-1])) + 1}}), nil
}

// continues reports whether a statement cannot end with this token.
func continues(t token) bool {
	return t.kind == tokLine || t.kind == tokSymbol && !strings.Contains(")]}", t.text)
}

type lexer struct {
	src   *source
	runes []rune
	line  int
	i     int
}

func (l *lexer) next() (token, *Error) {
	for l.i < len(l.runes) && unicode.IsSpace(l.runes[l.i]) {
		l.i++
	}
	pos := Pos{l.line, l.i + 1}
	if l.i == len(l.runes) {
		return token{kind: tokEnd, pos: pos}, nil
	}
	r := l.runes[l.i]
	switch {
	case r == ';':
		l.i++
		return token{kind: tokLine, text: ";", pos: pos}, nil
	case unicode.IsLetter(r) || r == '_':
		return l.name(pos)
	case isDigit(r) || r == '.' && l.i+1 < len(l.runes) && isDigit(l.runes[l.i+1]):
		return l.number(pos)
	}
	if l.i+1 < len(l.runes) {
		if two := string(l.runes[l.i : l.i+2]); two == "<=" || two == ">=" || two == "==" || two == "!=" {
			l.i += 2
			return token{kind: tokSymbol, text: two, pos: pos}, nil
		}
	}
	if !strings.ContainsRune("+-*/^()[]{},=<>.", r) {
		return token{}, l.src.errorf(pos, "unexpected character %q%s", r, hint(r))
	}
	l.i++
	return token{kind: tokSymbol, text: string(r), pos: pos}, nil
}

// hint says what a character that the language has not is usually meant to be.
func hint(r rune) string {
	switch r {
	case '%':
		return "; for the remainder write mod(a, b)"
	case '?', ':':
		return "; for a choice write where(condition, a, b)"
	case '&', '|':
		return "; combine conditions with * (and) or max (or)"
	case '!':
		return "; write x == 0, or a != b"
	case '²', '³':
		return "; write a power as x^2"
	case '·', '×':
		return "; write a product as x*y"
	case '−', '–':
		return "; write minus as -"
	}
	return ""
}

func (l *lexer) name(pos Pos) (token, *Error) {
	text := l.take(isNameRune)
	if n := utf8.RuneCountInString(text); n > maxName {
		return token{}, l.src.errorf(pos, "a name of %d characters; expected at most %d", n, maxName)
	}
	return token{kind: tokName, text: text, pos: pos}, nil
}

func (l *lexer) number(pos Pos) (token, *Error) {
	start := l.i
	l.take(func(r rune) bool { return isDigit(r) || r == '.' || r == '_' })
	if l.i < len(l.runes) && (l.runes[l.i] == 'e' || l.runes[l.i] == 'E') {
		l.i++
		if l.i < len(l.runes) && (l.runes[l.i] == '+' || l.runes[l.i] == '-') {
			l.i++
		}
		l.take(isDigit)
	}
	trailing := l.take(isNameRune)
	text := string(l.runes[start:l.i])
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	if err != nil || trailing != "" {
		return token{}, l.src.errorf(pos, "%q is not a number; expected one such as 0.9, 1e-8 or 10", text)
	}
	return token{kind: tokNumber, text: text, value: v, pos: pos}, nil
}

func (l *lexer) take(while func(rune) bool) string {
	start := l.i
	for l.i < len(l.runes) && while(l.runes[l.i]) {
		l.i++
	}
	return string(l.runes[start:l.i])
}

func isDigit(r rune) bool    { return r >= '0' && r <= '9' }
func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
