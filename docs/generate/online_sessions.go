package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// sessionOf are commands and what they print, without what differs from run to
// run.
func sessionOf(name string) (string, error) {
	s, ok := sessions[name]
	if !ok {
		return "", fmt.Errorf("there is no session %q", name)
	}
	text, open := "", false
	err := play(s, func(command, output string) {
		if !open {
			text += "```sh\n"
		}
		text += command + "\n"
		if open = output == ""; !open {
			text += "```\n\n```text\n" + steady(output) + "```\n\n"
		}
	})
	if open {
		text += "```\n"
	}
	return strings.TrimRight(text, "\n") + "\n", err
}

// fileOf is a file of the sessions.
func fileOf(name string) (string, error) {
	text, ok := files[name]
	if !ok {
		return "", fmt.Errorf("there is no file %q", name)
	}
	return "```text\n" + text + "```\n", nil
}

// changing is what differs from run to run.
var changing = []struct {
	what *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`(?m)^examples a second = .*$`), "examples a second = ..."},
	{regexp.MustCompile(`"started":"[^"]*"`), `"started":"..."`},
}

// steady is an output without it.
func steady(output string) string {
	for _, c := range changing {
		output = c.what.ReplaceAllString(output, c.text)
	}
	return output
}

// play runs commands, one after the other, in a folder that has the files.
func play(commands []string, show func(command, output string)) error {
	folder, err := os.MkdirTemp("", "docs")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	p := &player{folder: folder}
	defer func() { _ = p.stop() }()
	for _, c := range commands {
		output, err := p.run(c)
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", c, err, output)
		}
		show(c, output)
	}
	return nil
}

// player runs the commands of a session.
type player struct {
	folder string
	serves *exec.Cmd
	at     string // where it serves, in place of the page's address
}

// address is where the page's service listens.
const address = "localhost:8080"

// run runs a command and returns all that it prints.
func (p *player) run(command string) (string, error) {
	args := wordsOf(strings.TrimSuffix(command, " &"))
	switch args[0] {
	case "cat":
		text, err := os.ReadFile(filepath.Join(p.folder, args[1]))
		return string(text), err
	case "kill":
		return "", p.stop()
	case "descent":
		var err error
		if args[0], err = program(); err != nil {
			return "", err
		}
	}
	if len(args) > 1 && args[1] == "serve" {
		return "", p.serve(args)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], address, p.at)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = p.folder
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// serve starts the service and waits until it answers.
func (p *player) serve(args []string) error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.at = free.Addr().String()
	if err := free.Close(); err != nil {
		return err
	}
	p.serves = exec.Command(args[0], append(args[1:], "--listen", p.at)...)
	p.serves.Dir = p.folder
	if err := p.serves.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if c, err := net.Dial("tcp", p.at); err == nil {
			return c.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("it does not listen")
}

// stop ends the service as kill -9 does.
func (p *player) stop() error {
	if p.serves == nil {
		return nil
	}
	err := p.serves.Process.Kill()
	_ = p.serves.Wait() // which tells of the kill
	p.serves = nil
	return err
}

// wordsOf takes a command apart; what stands in quotes is one word.
func wordsOf(command string) []string {
	var all []string
	for _, w := range regexp.MustCompile(`'[^']*'|[^\s']+`).FindAllString(command, -1) {
		all = append(all, strings.Trim(w, "'"))
	}
	return all
}

// built is the folder of the program descent, once it is there.
var built string

// forget takes the program away.
func forget() {
	if built != "" {
		_ = os.RemoveAll(built)
	}
}

// program builds descent.
var program = sync.OnceValues(func() (string, error) {
	var err error
	if built, err = os.MkdirTemp("", "descent"); err != nil {
		return "", err
	}
	file := filepath.Join(built, "descent.exe")
	if out, err := exec.Command("go", "build", "-o", file, "../../cmd/descent").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return file, nil
})
