package site

import "github.com/alecthomas/chroma/v2"

// languages are those that pages mark their code with. A lexer's first rule
// that matches takes the text.
var languages = map[string]func() chroma.Rules{
	"formula": formulaRules, "formula-error": formulaRules, "function": formulaRules, "function-error": formulaRules,
	"go": goRules, "python": pythonRules, "sh": shRules, "ebnf": ebnfRules, "text": textRules,
}

func newLexers() map[string]chroma.Lexer {
	made := map[string]chroma.Lexer{}
	for name, rules := range languages {
		made[name] = chroma.MustNewLexer(&chroma.Config{Name: name, EnsureNL: true}, rules)
	}
	return made
}

func formulaRules() chroma.Rules {
	return chroma.Rules{"root": {
		{Pattern: `#.*`, Type: chroma.Comment},
		{Pattern: `\b(hyper|state row|state|global scalar|scalar|eval)\b(?= +[a-z])`, Type: chroma.Keyword},
		{Pattern: `[\p{L}_][\p{L}\d_.]*(?=\()`, Type: chroma.NameFunction},
		{Pattern: `[\p{L}_][\p{L}\d_]*`, Type: chroma.Name},
		{Pattern: `(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?`, Type: chroma.Number},
		{Pattern: `[-+*/^<>=!]+`, Type: chroma.Operator},
		{Pattern: `\s+`, Type: chroma.Text},
		{Pattern: `.`, Type: chroma.Punctuation},
	}}
}

const goTypes = `u?int(8|16|32|64)?|uintptr|float(32|64)|complex(64|128)|byte|rune|string|bool|error`

func goRules() chroma.Rules {
	return chroma.Rules{"root": {
		{Pattern: `\s+`, Type: chroma.Text},
		{Pattern: `//.*|/\*[\s\S]*?\*/`, Type: chroma.Comment},
		{Pattern: `(import|package|var|func|struct|map|chan|type|interface|const|break|default|select|case|defer|go|else|goto|switch|` +
			`fallthrough|if|range|continue|for|return)\b`, Type: chroma.Keyword},
		{Pattern: `(true|false|iota|nil)\b`, Type: chroma.KeywordConstant},
		{Pattern: `(` + goTypes + `|print|println|panic|recover|close|complex|real|imag|len|cap|append|copy|delete|new|make|clear|min|max)(?=\()`,
			Type: chroma.NameBuiltin},
		{Pattern: `(` + goTypes + `|any)\b`, Type: chroma.KeywordType},
		{Pattern: `0[xXbBoO][\da-fA-F_]+|(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?i?`, Type: chroma.Number},
		{Pattern: "`[^`]*`" + `|"(\\.|[^"\\])*"|'(\\.|[^'\\])+'`, Type: chroma.String},
		{Pattern: `<<=|>>=|<<|>>|<=|>=|&\^=?|[-+*/%&|=!:]=|&&|\|\||<-|\+\+|--|\.\.\.|[-+*/%&]`, Type: chroma.Operator},
		{Pattern: `[\p{L}_][\p{L}\d_]*(?=\()`, Type: chroma.NameFunction},
		{Pattern: `[\p{L}_][\p{L}\d_]*`, Type: chroma.NameOther},
		{Pattern: `.`, Type: chroma.Punctuation},
	}}
}

func pythonRules() chroma.Rules {
	return chroma.Rules{"root": {
		{Pattern: `\s+`, Type: chroma.Text},
		{Pattern: `#.*`, Type: chroma.Comment},
		{Pattern: `[fFrRbBuU]{0,2}("""[\s\S]*?"""|'''[\s\S]*?'''|"(\\.|[^"\\])*"|'(\\.|[^'\\])*')`, Type: chroma.String},
		{Pattern: `(def|class)(\s+)(\w+)`, Type: chroma.ByGroups(chroma.Keyword, chroma.Text, chroma.NameFunction)},
		{Pattern: `(import|from)(\s+)([\w.]+)`, Type: chroma.ByGroups(chroma.Keyword, chroma.Text, chroma.NameNamespace)},
		{Pattern: `(in|is|and|or|not)\b`, Type: chroma.OperatorWord},
		{Pattern: `(assert|async|await|break|continue|del|elif|else|except|finally|for|global|if|import|as|lambda|nonlocal|pass|raise|` +
			`return|try|while|with|yield)\b`, Type: chroma.Keyword},
		{Pattern: `(True|False|None)\b`, Type: chroma.KeywordConstant},
		{Pattern: `(?<!\.)(abs|all|any|bool|bytes|dict|enumerate|float|getattr|hasattr|int|isinstance|len|list|map|max|min|next|open|print|` +
			`range|repr|reversed|set|setattr|sorted|str|sum|super|tuple|type|zip)\b`, Type: chroma.NameBuiltin},
		{Pattern: `(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?`, Type: chroma.Number},
		{Pattern: `[\p{L}_][\p{L}\d_]*`, Type: chroma.Name},
		{Pattern: `!=|[-+*/%=<>&|^~.@]`, Type: chroma.Operator},
		{Pattern: `.`, Type: chroma.Punctuation},
	}}
}

func shRules() chroma.Rules {
	return chroma.Rules{"root": {
		{Pattern: `\\[\s\S]`, Type: chroma.StringEscape},
		{Pattern: `#.*`, Type: chroma.Comment},
		{Pattern: `"(\\[\s\S]|[^"\\])*"|'[^']*'`, Type: chroma.String},
		{Pattern: `\$(\w+|\{[^}]*\}|[#$?!*@-])`, Type: chroma.NameVariable},
		{Pattern: `(if|fi|else|while|do|done|for|then|return|function|case|until|esac|elif)\b(?![-.=/])`, Type: chroma.Keyword},
		{Pattern: `(cd|echo|eval|exec|exit|export|kill|printf|read|set|source|test|time|trap|unset|wait)(?=[\s)])`, Type: chroma.NameBuiltin},
		{Pattern: `(\b\w+)(=)`, Type: chroma.ByGroups(chroma.NameVariable, chroma.Operator)},
		{Pattern: `[][{}()=]|&&|\|\|`, Type: chroma.Operator},
		{Pattern: `[;&|]`, Type: chroma.Punctuation},
		{Pattern: `\d+(?=\s|$)`, Type: chroma.Number},
		{Pattern: `[^][{}()=;&|\s\\"'$#]+|\s+|.`, Type: chroma.Text},
	}}
}

func ebnfRules() chroma.Rules {
	return chroma.Rules{"root": {
		{Pattern: `\s+`, Type: chroma.Text},
		{Pattern: `\(\*[\s\S]*?\*\)`, Type: chroma.Comment},
		{Pattern: `[a-zA-Z]\w*`, Type: chroma.Keyword},
		{Pattern: `"[^"]*"|'[^']*'`, Type: chroma.String},
		{Pattern: `[-=]`, Type: chroma.Operator},
		{Pattern: `.`, Type: chroma.Punctuation},
	}}
}

func textRules() chroma.Rules {
	return chroma.Rules{"root": {{Pattern: `.+|\n`, Type: chroma.Text}}}
}
