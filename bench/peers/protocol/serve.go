package protocol

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Serve answers lines for a peer until there are no more.
func Serve(p Peer, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		answer, err := serve(p, lines.Text())
		if err != nil {
			answer = "no " + strings.ReplaceAll(err.Error(), "\n", " ")
		}
		if _, err := fmt.Fprintln(out, answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

// serve gives the answer to a line.
func serve(p Peer, line string) (string, error) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "prepare":
		var w Work
		if _, err := fmt.Sscan(rest, &w.Rule, &w.Weights, &w.Tensors, &w.Threads); err != nil {
			return "", fmt.Errorf("%q: %w", line, err)
		}
		return "ok", p.Prepare(w)
	case "run":
		var steps int
		if _, err := fmt.Sscan(rest, &steps); err != nil {
			return "", fmt.Errorf("%q: %w", line, err)
		}
		d, err := p.Run(steps)
		return fmt.Sprintf("ns %d", d.Nanoseconds()), err
	case "scale":
		var factor float32
		if _, err := fmt.Sscan(rest, &factor); err != nil {
			return "", fmt.Errorf("%q: %w", line, err)
		}
		return "ok", p.Scale(factor)
	case "moved":
		x, err := p.Moved()
		return fmt.Sprintf("moved %g", x), err
	case "drop":
		return "ok", p.Drop()
	}
	return "", fmt.Errorf("%q: unknown; prepare, run, scale, moved and drop are known", verb)
}
