//go:build !windows

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/descent-go/descent/online"
)

// savedModel writes a model's file.
func savedModel(t *testing.T, o online.Options) string {
	t.Helper()
	l, err := online.New(online.DefaultVW(), o)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Save(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// serving starts descent serve and waits for its address.
func serving(t *testing.T, args ...string) (url string, end func() (stdout, stderr string, code int)) {
	t.Helper()
	s := start(t, command(t, append([]string{"serve"}, args...)...))
	return s.address(`^serving at (https?://\S+/); Control-C ends it\n$`), func() (string, string, int) { return s.end(syscall.SIGTERM) }
}

// post sends examples and gives the answer.
func post(t *testing.T, client *http.Client, url, token, examples string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequest("POST", url, strings.NewReader(examples))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/plain")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(content)
}

func TestServe(t *testing.T) {
	model, store := savedModel(t, online.Options{Bits: 10}), filepath.Join(t.TempDir(), "store")
	url, end := serving(t, "-i", model, "--store", store, "--listen", "127.0.0.1:0")
	if status, body := post(t, http.DefaultClient, url+"learn", "", "1 |a b\n0 |a c\n"); status != 200 || !strings.Contains(body, `"record":1`) {
		t.Errorf("status %d, %s", status, body)
	}
	stdout, stderr, code := end()
	if code != 0 || stderr != "" || !strings.HasSuffix(stdout, "ended; all that was learned is in "+store+"\n") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	url, end = serving(t, "--store", store, "--listen", "127.0.0.1:0")
	if status, body := post(t, http.DefaultClient, url+"learn", "", "1 |a b\n"); status != 200 || !strings.Contains(body, `"record":2`) || strings.Contains(body, `"value":0,`) {
		t.Errorf("status %d, %s", status, body)
	}
	fail(t, exitFailed, []string{"serve", "--store", store, "--listen", "127.0.0.1:0"}, "in use by another process")
	if _, stderr, code := end(); code != 0 {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	other := savedModel(t, online.Options{Bits: 11})
	fail(t, exitFailed, []string{"serve", "-i", other, "--store", store, "--listen", "127.0.0.1:0"}, store+" began with another model")
}

func TestServeWrong(t *testing.T) {
	dir := t.TempDir()
	model := savedModel(t, online.Options{Bits: 10})
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	short, text := file("short", "secret\n", 0o600), file("text", "not a model", 0o600)
	store := filepath.Join(dir, "store")
	for _, c := range []struct {
		code int
		args []string
		want string
	}{
		{exitUsage, []string{}, "serve needs --store"},
		{exitUsage, []string{"--store", store, "model"}, "takes no argument"},
		{exitUsage, []string{"--store", store, "--listen", "8080"}, `expected address:port`},
		{exitUsage, []string{"--store", store, "--listen", "0.0.0.0:0"}, "give --token-file, or --insecure"},
		{exitUsage, []string{"--store", store, "--token-file", short}, "16 characters or more"},
		{exitFailed, []string{"--store", store, "--token-file", filepath.Join(dir, "none")}, "no such file"},
		{exitUsage, []string{"--store", store, "--tls-cert", short}, "belong together"},
		{exitFailed, []string{"--store", store, "--tls-cert", short, "--tls-key", short}, "--tls-cert " + short},
		{exitUsage, []string{"--store", store, "--max-line", "0"}, "--max-line: expected more than 0"},
		{exitUsage, []string{"--store", store, "--max-line", "x"}, "expected a whole number"},
		{exitFailed, []string{"--store", store, "--listen", "127.0.0.1:0"}, store + " is empty: give the model"},
		{exitFailed, []string{"--store", store, "--listen", "127.0.0.1:0", "-i", text}, text + ": online: no model"},
		{exitFailed, []string{"--store", store, "--listen", "127.0.0.1:0", "-i", filepath.Join(dir, "none")}, "no such file"},
		{exitFailed, []string{"--store", text, "--listen", "127.0.0.1:0", "-i", model}, "not a directory"},
	} {
		fail(t, c.code, append([]string{"serve"}, c.args...), c.want)
	}
}

// Others may come in with the token, over TLS.
func TestServeOthers(t *testing.T) {
	dir := t.TempDir()
	const token = "0123456789abcdef"
	tokenFile := filepath.Join(dir, "token")
	if err := os.WriteFile(tokenFile, []byte(token+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cert, key, pool := certificate(t, dir)
	url, end := serving(t, "-i", savedModel(t, online.Options{Bits: 10}), "--store", filepath.Join(dir, "store"), "--listen", "0.0.0.0:0",
		"--token-file", tokenFile, "--tls-cert", cert, "--tls-key", key)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	if !strings.HasPrefix(url, "https://localhost:") {
		t.Errorf("its address is %s", url)
	}
	if status, body := post(t, client, url+"learn", "wrong", "1 |a b"); status != 401 {
		t.Errorf("status %d, %s", status, body)
	}
	if status, body := post(t, client, url+"learn", token, "1 |a b"); status != 200 {
		t.Errorf("status %d, %s", status, body)
	}
	if _, stderr, code := end(); code != 0 || !strings.Contains(stderr, "others on this machine can read "+tokenFile) {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	_, end = serving(t, "--store", filepath.Join(dir, "store"), "--listen", "0.0.0.0:0", "--insecure")
	if _, stderr, code := end(); code != 0 || !strings.Contains(stderr, "can teach the model and read it") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

// certificate makes a certificate of localhost.
func certificate(t *testing.T, dir string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: public}))
	return write("cert", "CERTIFICATE", public), write("key", "PRIVATE KEY", secret), pool
}
