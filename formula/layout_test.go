package formula_test

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/internal/randprog"
)

func TestLaTeXPrograms(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{adam, `
{g'}_t &= g_t + \lambda w_{t-1}
m_t &= \beta_1 m_{t-1} + (1 - \beta_1) {g'}_t
v_t &= \beta_2 v_{t-1} + (1 - \beta_2) {g'}_t^2
w_t &= w_{t-1} - \eta \frac{m_t/(1 - \beta_1^t)}{\sqrt{v_t/(1 - \beta_2^t)} + \epsilon}`},
		{nag, `
v_t &= \mu v_{t-1} - \eta \, \nabla f(w_{t-1} + \mu v_{t-1})
w_t &= w_{t-1} + v_t`},
		// assigned twice, so no index
		{"state m\nm = g; m = m/2; w = w - m", `
m &\leftarrow g
m &\leftarrow \frac{m}{2}
w &\leftarrow w - m`},
		{"hyper lr = 1\nw = w - lr*w; w = w - lr*g", `
w &\leftarrow w - \eta w
w &\leftarrow w - \eta g`},
		// links
		{"hyper max_norm = 1\ng = g*min(1, max_norm/all.norm(g))", `
{g'}_t &= g_t \, \min\left( 1, \frac{\mathrm{max\_norm}}{\lVert g_t \rVert_{\mathrm{all}}} \right)`},
		{"hyper wd = 0\nstep = step + wd*w", `
{\mathrm{step}'}_t &= \mathrm{step}_t + \lambda w_t`},
		{"state slow = w, c = 1\nstep = 2*step; slow = w*c; w = slow", `
\mathrm{step} &\leftarrow 2 \, \mathrm{step}
\mathrm{slow} &\leftarrow w c
w &\leftarrow \mathrm{slow}`},
		// a temporary, a constant state, the weights read after and the eval line
		{"state z1 = w, c = 1; global scalar d\na = c*g; z1 = z1 - a; d = all.max(z1); w = w - z1*d; b = w\neval x = w - z1", `
a &= c g_t
z_{1,t} &= z_{1,t-1} - a
d_t &= \operatorname{max}_{\mathrm{all}}(z_{1,t})
w_t &= w_{t-1} - z_{1,t} d_t
b &= w_t
x_{\mathrm{eval}} &= w_t - z_{1,t}`},
		// a clash of symbols
		{"hyper wd = 0, lambda = 1, beta_1 = 1, beta1 = 1, eps = 1\nw = w - g*wd*lambda*beta_1*beta1*eps", `
w_t &= w_{t-1} - g_t \, \mathrm{wd} \, \lambda \beta_1 \, \mathrm{beta1} \, \epsilon`},
	} {
		want := "\\begin{aligned}\n" + strings.ReplaceAll(strings.TrimSpace(c.want), "\n", " \\\\\n") + "\n\\end{aligned}"
		if got := parse(t, c.text).LaTeX(); got != want {
			t.Errorf("%s\nis\n%s\nexpected\n%s", c.text, got, want)
		}
	}
}

func TestLaTeXExpressions(t *testing.T) {
	for text, want := range map[string]string{
		"a*b": "a b", "a*b*2": `a b \cdot 2`, "2*a": "2 a", "2*3": `2 \cdot 3`, "2*3^a": `2 \cdot 3^a`, "a*(b + c)": `a \, (b + c)`, "2*(b + c)": "2 (b + c)",
		"(a + b)*(b + c)": "(a + b) (b + c)", "a*b*prev": `a b \, \mathrm{prev}`, "abs(a)*b": `\lvert a \rvert \, b`, "a*(b*c)": `a \, (b c)`,
		"-a*b": "-a b", "a*-b": `a \, (-b)`, "a - -b": "a - (-b)", "a - -b*c": "a - (-b c)", "a + -2": "a + (-2)", "a - (b - c)": "a - (b - c)", "-(a + b)": "-(a + b)", "-(a*b)": "-a b",
		"a/b": `\frac{a}{b}`, "(a + b)/c": `\frac{a + b}{c}`, "a/b/c": `\frac{a/b}{c}`, "a/(b/(c/d))": `\frac{a}{b/(c/d)}`, "(a*b/c)/d": `\frac{a b/c}{d}`, "a/(b/c*d)": `\frac{a}{(b/c) d}`,
		"a/(b/(c*d))": `\frac{a}{b/(c d)}`, "a*(b/c)": `a \frac{b}{c}`, "a - b/c": `a - \frac{b}{c}`, "-(a/b)": `-\frac{a}{b}`, "(a - -b/c)/d": `\frac{a - (-b/c)}{d}`, "(-(a/b))/c": `\frac{-(a/b)}{c}`,
		"a^b": "a^b", "a^(b + 1)": "a^{b + 1}", "a^(b/2)": "a^{b/2}", "(a^b)^c": "(a^b)^c", "a^b^c": "a^{b^c}", "(-a)^2": "(-a)^2", "-a^2": "-a^2", "(a/b)^2": `\left( \frac{a}{b} \right)^2`, "abs(a)^2": `\lvert a \rvert^2`, "exp(a)^2": `(\exp(a))^2`,
		"seen^2": `(w^{\mathrm{seen}})^2`, "a - seen": `a - w^{\mathrm{seen}}`,
		"1e-8": "10^{-8}", "-2.5e-8": `-2.5 \cdot 10^{-8}`, "1e6*a": "10^6 a", "2.5e-8^2": `(2.5 \cdot 10^{-8})^2`, "10^2": "10^2", "-3": "-3", "1e21": "10^{21}",
		"sqrt(a/b)": `\sqrt{\frac{a}{b}}`, "norm(a/b)": `\left\lVert \frac{a}{b} \right\rVert`, "row.norm(a)": `\lVert a \rVert_{\mathrm{row}}`, "all.dot(a, b)": `\langle a, b \rangle_{\mathrm{all}}`,
		"floor(a)": `\lfloor a \rfloor`, "sum(a)": `\operatorname{sum}(a)`, "row.mean(a)": `\operatorname{mean}_{\mathrm{row}}(a)`, "max(a, b)": `\operatorname{max}(a, b)`, "max(a)": `\operatorname{max}(a)`,
		"min(a, 0)": `\min(a, 0)`, "clip(a, -1, 1)": `\operatorname{clip}(a, -1, 1)`, "sign(a)*b": `\operatorname{sign}(a) \, b`, "log(a) + sin(b)": `\log(a) + \sin(b)`,
		"grad(a)": `\nabla f(a)`, "a*normal()": `a \, \mathcal{N}(0,1)`, "mod(a, b) + c": `(a \bmod b) + c`, "mod(a + b, c)": `(a + b) \bmod c`,
		"a <= b": `\mathbf{1}[a \le b]`, "a*(b != c)": `a \, \mathbf{1}[b \ne c]`, "(a < b) == c": `\mathbf{1}[\mathbf{1}[a < b] = c]`,
		"where(a, b, c)": `\begin{cases} b & \text{if } a \ne 0 \\ c & \text{otherwise} \end{cases}`,
		"where((a >= b)*max(a == 1, b < c), b/c, c)": `\begin{cases} \frac{b}{c} & \text{if } a \ge b \land (a = 1 \lor b < c) \\ c & \text{otherwise} \end{cases}`,
		"2*where(mod(a, 2) == 0, b, c)":              `2 \left( \begin{cases} b & \text{if } a \bmod 2 = 0 \\ c & \text{otherwise} \end{cases} \right)`,
		"where(a, b, where(b == 1, c, 2))":           `\begin{cases} b & \text{if } a \ne 0 \\ c & \text{if } b = 1 \\ 2 & \text{otherwise} \end{cases}`,
		"alpha*Gamma*zeta3":                          `\alpha \Gamma \zeta_3`, "omega*prev2": `\omega \, \mathrm{prev}_2`, "x10 + v_2 + _1": `x_{10} + v_2 + \mathrm{\_1}`, "lr*momentum*wd*eps": `\eta \mu \lambda \epsilon`, "é*β*ε": `é \beta \varepsilon`,
	} {
		var decl []string
		for _, name := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" +-*/^(),.<>=!", r) }) {
			if name[0] > '9' && !strings.Contains(text, name+"(") && name != "seen" && name != "e" {
				decl = append(decl, name+" = 1")
			}
		}
		p := parse(t, strings.Join(unique(decl), "\n")+"\nw = "+text)
		x := p.Body[len(p.Body)-1].X
		if got := x.LaTeX(); got != want {
			t.Errorf("%s is %s, expected %s", text, got, want)
		}
		wellFormed(t, x.MathML())
	}
}

func unique(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s], out = true, append(out, s)
		}
	}
	return out
}

// The numbers of a chain's choices are set by their names.
func TestChoicesAreNamed(t *testing.T) {
	p := chain(t, ":hyper kind = none {none, soft}\nw = w - where(kind == soft, g, kind*g) + (kind != 3)")
	if got := p.LaTeX(); !strings.Contains(got, `\mathrm{kind} = \mathrm{soft}`) || !strings.Contains(got, `\mathrm{kind} \ne 3`) {
		t.Error(got)
	}
}

func TestFlatNames(t *testing.T) {
	p := chain(t, "clip:hyper max_norm = 1, beta1 = 2\ng = beta1*g*max_norm/all.norm(g)", ":w = w - grad(w)", "x:step = step")
	want := `\begin{aligned}
w_{\mathrm{old}} &\leftarrow w \\
g &\leftarrow \nabla f(w) \\
g &\leftarrow \beta_{1,\mathrm{clip}} \frac{g \, \mathrm{max\_norm}_{\mathrm{clip}}}{\lVert g \rVert_{\mathrm{all}}} \\
\mathrm{grad}_{1,\mathrm{linked}} &\leftarrow g \\
\mathrm{step} &\leftarrow \mathrm{grad}_{1,\mathrm{linked}} \\
w &\leftarrow w_{\mathrm{old}} - \mathrm{step} \\
\mathrm{step} &\leftarrow \mathrm{step} \\
w &\leftarrow w_{\mathrm{old}} - \mathrm{step}
\end{aligned}`
	if got := p.LaTeX(); got != want {
		t.Errorf("%s\nexpected\n%s", got, want)
	}
	wellFormed(t, p.MathML())
}

func TestMathML(t *testing.T) {
	p := parse(t, "hyper beta1 = 0.9, lr = 1\nstate m\nm = beta1*m - lr*g/abs(g)\nw = where(m < 1, sqrt(m)^2, 2e-8*t)")
	want := `<math display="block"><mtable displaystyle="true">
<mtr><mtd style="text-align:right"><msub><mi>m</mi><mi>t</mi></msub></mtd><mtd><mo>=</mo></mtd><mtd style="text-align:left"><mrow><mrow><msub><mi>β</mi><mn>1</mn></msub><mo>&#x2062;</mo><msub><mi>m</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub></mrow><mo>−</mo><mrow><mi>η</mi><mo>&#x2062;</mo><mfrac><msub><mi>g</mi><mi>t</mi></msub><mrow><mo form="prefix">|</mo><msub><mi>g</mi><mi>t</mi></msub><mo form="postfix">|</mo></mrow></mfrac></mrow></mrow></mtd></mtr>
<mtr><mtd style="text-align:right"><msub><mi>w</mi><mi>t</mi></msub></mtd><mtd><mo>=</mo></mtd><mtd style="text-align:left"><mrow><mo form="prefix">{</mo><mtable><mtr><mtd style="text-align:left"><msup><msqrt><msub><mi>m</mi><mi>t</mi></msub></msqrt><mn>2</mn></msup></mtd><mtd style="text-align:left"><mtext>if&#xa0;</mtext><mrow><msub><mi>m</mi><mi>t</mi></msub><mo>&lt;</mo><mn>1</mn></mrow></mtd></mtr><mtr><mtd style="text-align:left"><mrow><mrow><mn>2</mn><mo>·</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>8</mn></mrow></msup></mrow><mo>&#x2062;</mo><mi>t</mi></mrow></mtd><mtd style="text-align:left"><mtext>otherwise</mtext></mtd></mtr></mtable></mrow></mtd></mtr>
</mtable></math>`
	if got := p.MathML(); got != want {
		t.Errorf("%s\nexpected\n%s", got, want)
	}
	if got, want := p.Body[0].MathML(), `<math display="block"><mrow><mi>m</mi><mo>←</mo>`; !strings.HasPrefix(got, want) {
		t.Errorf("%s\nexpected it to begin %s", got, want)
	}
	if got, want := p.Body[0].LaTeX(), `m \leftarrow \beta_1 m - \frac{\eta g}{\lvert g \rvert}`; got != want {
		t.Errorf("%s\nexpected %s", got, want)
	}
}

// Whatever is a program can be set, in braces and elements that match.
func TestLayoutRandom(t *testing.T) {
	r := rand.New(rand.NewSource(6))
	programs := []*formula.Program{parse(t, adam)}
	for _, text := range odd {
		programs = append(programs, parse(t, text))
	}
	for range 200 {
		programs = append(programs, randprog.Program(r, randprog.Options{Grad: true}))
	}
	for _, p := range programs {
		wellFormed(t, p.MathML())
		text := p.LaTeX()
		depth := 0
		for _, c := range text {
			switch c {
			case '{':
				depth++
			case '}':
				depth--
			}
			if depth < 0 {
				break
			}
		}
		if depth != 0 || strings.Count(text, `\left`) != strings.Count(text, `\right`)+strings.Count(text, `\leftarrow`) {
			t.Fatalf("braces or fences do not match:\n%s", text)
		}
	}
}
