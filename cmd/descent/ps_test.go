package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descent-go/descent/distributed/nats"
)

// freeAddress is one of this machine at which nobody listens. Its port is none of
// those that systems give to connections: one that tries it again and again would at
// some time come from there, and reach itself.
func freeAddress(t *testing.T) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 10_000+rand.IntN(20_000)))
		if err != nil {
			continue // taken
		}
		defer l.Close()
		return l.Addr().String()
	}
}

// psArgs are those of a small run by a parameter server at an address.
func psArgs(at string, more ...string) []string {
	return append([]string{"ps", "--listen", at, "--data", houses, "--target", "price", "--hidden", "8", "--batch", "16", "--epochs", "3", "--optimizer", "dcasgd", "--lr", "0.01"}, more...)
}

// workerArgs are those of a worker of it.
func workerArgs(at string, more ...string) []string {
	return append([]string{"worker", "--nats", "nats://" + at, "--data", houses, "--target", "price"}, more...)
}

// workers has workers train with the server at an address, which must succeed, and
// gives what they print. A batch that none of them gets keeps all from being done
// before they have all joined.
func workers(t *testing.T, at string, args ...[]string) (out []string) {
	t.Helper()
	keeper, err := nats.Dial(t.Context(), nats.Options{Connection: nats.Connection{URL: "nats://" + at}, Job: "descent"})
	if err != nil {
		t.Fatal(err)
	}
	defer keeper.Close()
	job, err := keeper.Job(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range job.Tensors {
		size := 1
		for _, n := range x.Shape {
			size *= n
		}
		job.Tensors[i].Data = make([]float32, size)
	}
	if _, err := keeper.Pull(t.Context(), "keeper", 1, job.Tensors); err != nil {
		t.Fatal(err)
	}
	var joined []*started
	for _, more := range args {
		joined = append(joined, start(t, command(t, workerArgs(at, more...)...)))
	}
	if err := keeper.Leave(t.Context(), "keeper"); err != nil {
		t.Fatal(err)
	}
	for _, w := range joined {
		stdout, stderr, code := w.wait()
		if code != 0 {
			t.Errorf("a worker ends with exit code %d: %s", code, stderr)
		}
		out = append(out, stdout)
	}
	return out
}

// TestPS: a server and two workers train, and all of them end.
func TestPS(t *testing.T) {
	at, saved := freeAddress(t), filepath.Join(t.TempDir(), "m.safetensors")
	var all sync.WaitGroup
	all.Go(func() {
		out := succeed(t, psArgs(at, "--save", saved)...)
		for _, want := range []string{"serving at nats://" + at, "\n  descent worker --nats nats://" + at + " --data " + houses + " --target price\n", "epoch 3/3", "test RMSE"} {
			if !strings.Contains(out, want) {
				t.Errorf("ps does not say %q:\n%s", want, out)
			}
		}
	})
	for _, out := range workers(t, at, []string{"--wire", "float32"}, []string{"--wire", "bfloat16"}) {
		if !regexp.MustCompile(`(?m)^worker \S+ of job descent\nall is done, \d+ steps? here`).MatchString(out) {
			t.Errorf("worker says\n%s", out)
		}
	}
	all.Wait()
	succeed(t, "predict", "--model", saved, "--data", houses)
}

// TestPSServers: two servers share the tensors; the second ends with the first.
func TestPSServers(t *testing.T) {
	at, saved := freeAddress(t), filepath.Join(t.TempDir(), "m.safetensors")
	var all sync.WaitGroup
	all.Go(func() {
		if out := succeed(t, psArgs(at, "--servers", "2", "--max-delay", "0", "--save", saved)...); !strings.Contains(out, "test RMSE") || strings.Contains(out, "RMSE 0 ") {
			t.Errorf("the first one says\n%s", out)
		}
	})
	all.Go(func() {
		args := append([]string{"ps", "--nats", "nats://" + at, "--servers", "2", "--index", "1", "--max-delay", "0"}, psArgs(at)[3:]...)
		if out := succeed(t, args...); strings.Contains(out, "RMSE") {
			t.Errorf("the second one says\n%s", out)
		}
	})
	workers(t, at, nil, nil)
	all.Wait()
	succeed(t, "predict", "--model", saved, "--data", houses)
}

// TestWorkerRefused: data that is not the server's, a wrong token, a worker that
// nobody answers.
func TestWorkerRefused(t *testing.T) {
	at := freeAddress(t)
	token, wrong := write(t, "token", "a-token-that-nobody-guesses\n"), write(t, "wrong", "another-one\n")
	other := write(t, "other.csv", strings.ReplaceAll(readFile(t, houses), "2,", "3,"))
	var all sync.WaitGroup
	all.Go(func() { succeed(t, psArgs(at, "--token-file", token)...) })
	listening(t, at)
	fail(t, exitFailed, workerArgs(at, "--token-file", wrong), "refuses the token")
	fail(t, exitFailed, workerArgs(at), "asks for a token")
	fail(t, exitFailed, []string{"worker", "--nats", "nats://" + at, "--token-file", token}, "the data is not that of the server", `"csv" at the server, "idx" here`)
	fail(t, exitFailed, []string{"worker", "--nats", "nats://" + at, "--token-file", token, "--data", other, "--target", "price"}, "the data is not that of the server")
	fail(t, exitFailed, workerArgs(at, "--token-file", token, "--job", "another", "--patience", "100ms"), "descent.another.server.0", at)
	kept := write(t, "kept.safetensors", "another run")
	fail(t, exitFailed, append([]string{"ps", "--nats", "nats://" + at, "--token-file", token, "--save", kept}, psArgs(at)[3:]...), "answers already")
	if readFile(t, kept) != "another run" {
		t.Error("a server that is one too many has saved its model")
	}
	succeed(t, workerArgs(at, "--token-file", token)...)
	all.Wait()
	for url, why := range map[string]string{"nats://" + at: "no servers available", "no.such.name.invalid": "no.such.name.invalid"} {
		_, stderr, code := run(t, "worker", "--nats", url, "--patience", "300ms")
		note, failure, _ := strings.Cut(stderr, "\n")
		if code != exitFailed || !strings.HasPrefix(note, "note: waiting for a NATS server at "+url+", for up to 300ms: ") || !strings.Contains(note[len("note: waiting for a NATS server at "+url):], why) {
			t.Errorf("exit code %d, %q", code, note)
		}
		if !strings.HasPrefix(failure, "descent: nats: no server answered at "+url+" for") {
			t.Errorf("worker says %q", failure)
		}
	}
}

// listening waits until somebody listens at an address.
func listening(t *testing.T, at string) {
	t.Helper()
	for {
		if c, err := net.Dial("tcp", at); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestPSWrong(t *testing.T) {
	empty, noPEM := write(t, "empty", "\n"), write(t, "ca.pem", "hello")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"ps", "--max-delay", "-2"}, exitUsage, "--max-delay -2: expected 0 or more"},
		{[]string{"ps", "--lease", "0s"}, exitUsage, "--lease 0s"},
		{[]string{"ps", "--servers", "0"}, exitUsage, "--servers 0: expected 1 or more"},
		{[]string{"ps", "--servers", "2", "--index", "2"}, exitUsage, "expected an index from 0 to 1"},
		{[]string{"ps", "--servers", "2", "--index", "1"}, exitUsage, "give --nats"},
		{[]string{"ps", "--servers", "2", "--index", "1", "--nats", "nats://127.0.0.1:1", "--save", "x"}, exitUsage, "go with --index 0"},
		{[]string{"ps", "--nats", "nats://127.0.0.1:1", "--listen", "127.0.0.1:0"}, exitUsage, "embedded"},
		{[]string{"ps", "--creds", "x.creds"}, exitUsage, "--creds"},
		{[]string{"ps", "--listen", "here"}, exitUsage, "expected address:port"},
		{[]string{"ps", "--listen", "0.0.0.0:0"}, exitUsage, "could take part: give --token-file"},
		{[]string{"ps", "--every", "5s"}, exitUsage, "--every goes with --checkpoint"},
		{[]string{"ps", "--listen", "127.0.0.1:0", "--optimizer", "lamb", "--job", "a.b"}, exitFailed, "the job's name"},
		{[]string{"ps", "--listen", "127.0.0.1:0", "--clip-norm", "1"}, exitFailed, "clip"},
		{[]string{"ps", "--listen", "127.0.0.1:0", "--optimizer", "prodigy"}, exitFailed, "prodigy"},
		{[]string{"ps", "--tls-cert", "x"}, exitUsage, "belong together"},
		{[]string{"ps", "--token-file", empty}, exitUsage, "expected one word"},
		{[]string{"ps", "--token-file", "nowhere"}, exitFailed, "--token-file: open nowhere"},
		{[]string{"ps", "--nats", ""}, exitUsage, "--nats: expected a URL"},
		{[]string{"ps", "extra"}, exitUsage, "takes no argument"},
		{[]string{"worker", "--wire", "float8"}, exitUsage, "--wire"},
		{[]string{"worker", "--target", "price"}, exitUsage, "--target goes with --data"},
		{[]string{"worker", "--threads", "-1"}, exitUsage, "--threads -1"},
		{[]string{"worker", "--patience", "0s"}, exitUsage, "--patience 0s"},
		{[]string{"worker", "--tls-ca", noPEM}, exitFailed, "expected certificates in PEM"},
		{[]string{"worker", "--data", "nofile"}, exitFailed, "nofile"},
		{[]string{"worker", "--job", "a b"}, exitFailed, "the job's name"},
		{[]string{"worker", "--creds", "nowhere.creds"}, exitFailed, "nowhere.creds"},
	} {
		fail(t, c.code, c.args, c.want)
	}
}

func TestPSCompletion(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"ps --nats ", "embedded\n"}, {"ps --optimizer dcas", "dcasgd\t"}, {"worker --wire b", "bfloat16\n"}, {"wor", "worker\t"},
	} {
		out, _, _ := run(t, append([]string{"__complete"}, strings.Split(c.args, " ")...)...)
		if !strings.Contains("\n"+out, "\n"+c.want) {
			t.Errorf("completing %q: expected %q among\n%s", c.args, c.want, out)
		}
	}
}
