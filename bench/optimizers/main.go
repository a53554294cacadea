// Command optimizers renews the table of docs/optimizers.md: it compares all
// optimizers and some chains on MNIST, by the protocol of package compare.
//
//	go run ./bench/optimizers docs/optimizers.md
//
// What follows the file goes to descent compare. After an interruption, which
// leaves the page as it is, this goes on:
//
//	go run ./bench/optimizers docs/optimizers.md --resume
package main

import (
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// arguments are those of descent. What takes part is all there is, and what
// people reach for that is an optimizer with settings, or a chain.
var arguments = []string{
	"compare", "--markdown", "--task", "mnist", "--seeds", "3", "--epochs", "3",
	"--optimizers", "all,momentum,adam+decay:decay.wd=0.1,adam+decay+trust-ratio,adam+cautious,adam+ema,centralize+adam,adam+lookahead",
	"--report", filepath.Join(os.TempDir(), "descent-optimizers.html"),
}

const (
	begin = "<!-- table: go run ./bench/optimizers docs/optimizers.md -->"
	end   = "<!-- end of table -->"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: optimizers FILE.md [FLAG OF descent compare]...")
	}
	page, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(page), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		log.Fatalf("%s has no lines %q and %q to write the table between", os.Args[1], begin, end)
	}
	cmd := exec.Command("go", append(append([]string{"run", "./cmd/descent"}, arguments...), os.Args[2:]...)...)
	cmd.Stderr = os.Stderr
	table, err := cmd.Output()
	if err != nil {
		log.Fatalf("%s is as it was: descent compare: %v", os.Args[1], err)
	}
	measured := "\nMeasured with " + runtime.Version() + " on " + runtime.GOOS + "/" + runtime.GOARCH + ", " + strconv.Itoa(runtime.NumCPU()) + " processors.\n"
	if err := os.WriteFile(os.Args[1], []byte(head+begin+"\n"+string(table)+measured+end+tail), 0o666); err != nil {
		log.Fatal(err)
	}
}
