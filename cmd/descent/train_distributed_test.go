package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTrainWorkers compares several workers with one that accumulates.
func TestTrainWorkers(t *testing.T) {
	dir := t.TempDir()
	many, one := filepath.Join(dir, "many"), filepath.Join(dir, "one")
	epochs, last := readJSON(t, succeed(t, price("--json", "--epochs", "3", "--workers", "3", "--save", many)...))
	if len(epochs) != 3 || epochs[0].Workers != 3 || last.Workers != 3 {
		t.Errorf("lines say %+v and the result %+v of 3 workers", epochs, last)
	}
	alone, accumulated := readJSON(t, succeed(t, price("--json", "--epochs", "3", "--accumulate", "3", "--save", one)...))
	if accumulated.Workers != 1 || *accumulated.TestLoss != *last.TestLoss || *alone[1].Loss != *epochs[1].Loss {
		t.Errorf("accumulated %+v, of 3 workers %+v", accumulated, last)
	}
	if readFile(t, many) != readFile(t, one) {
		t.Error("3 workers save another file than one that accumulates 3 parts")
	}
	out := succeed(t, price("--epochs", "1", "--workers", "2", "--wire", "bfloat16")...)
	if !strings.Contains(out, "(adam, 1 epoch, 10 steps, 2 workers, ") {
		t.Errorf("train --workers 2 prints %s", out)
	}
	succeed(t, price("--epochs", "1", "--workers", "4", "--optimizer", "lbsgd", "--set", "batch_scale=32", "--set", "warmup=linear")...)
}

// TestTrainCheckpoint stops after two epochs and goes on, with the same workers and
// with others.
func TestTrainCheckpoint(t *testing.T) {
	dir := t.TempDir()
	whole, rest, folder := filepath.Join(dir, "whole"), filepath.Join(dir, "rest"), filepath.Join(dir, "run")
	workers := []string{"--workers", "3", "--optimizer", "nadam"}
	succeed(t, price(append(workers, "--epochs", "4", "--save", whole)...)...)
	out := succeed(t, price(append(workers, "--epochs", "2", "--checkpoint", folder, "--every", "0")...)...)
	if !strings.Contains(out, "\nsaved "+folder+"\n") {
		t.Errorf("it prints %s", out)
	}
	lossy := filepath.Join(dir, "lossy") // what was lost waits in it, for one worker too
	succeed(t, price(append(workers, "--epochs", "1", "--checkpoint", lossy, "--wire", "topk:0.1")...)...)
	succeed(t, price("--resume", lossy, "--optimizer", "nadam", "--epochs", "2", "--wire", "topk:0.1")...)
	more := []string{"train", "--data", houses, "--target", "price", "--resume", folder, "--epochs", "4"}
	out = succeed(t, append(more, "--workers", "3", "--save", rest)...)
	if !strings.Contains(out, "(nadam, 4 epochs, 40 steps, 3 workers, ") || readFile(t, rest) != readFile(t, whole) {
		t.Errorf("resumed it gives another file, and prints %s", out)
	}
	succeed(t, append(more, "--workers", "2", "--checkpoint", folder)...)
	fail(t, exitFailed, price("--checkpoint", folder), folder+" has a checkpoint of step 40, this run begins at 0: resume from it")
	fail(t, exitFailed, append(more, "--optimizer", "sgd"), "optimizer: nadam in the file, sgd in this run")
	samePredictions(t, folder, folder) // which predict reads too
}

// TestCheckpointHere makes checkpoints in the folder in which it is called.
func TestCheckpointHere(t *testing.T) {
	data, err := filepath.Abs(houses)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	succeed(t, "train", "--data", data, "--target", "price", "--epochs", "1", "--checkpoint", ".")
}

func TestWrongWorkers(t *testing.T) {
	dir := t.TempDir()
	for line, want := range map[string]string{
		"--workers 0":                          "--workers 0: expected 1 or more",
		"--workers -1":                         "--workers -1: expected 1 or more",
		"--accumulate 0":                       "--accumulate 0: expected 1 or more",
		"--workers 1000000":                    "--workers 1000000: a batch has 64 examples; take fewer",
		"--workers 5 --batch 4":                "--workers 5: a batch has 4 examples",
		"--accumulate 65":                      "--accumulate 65: a batch has 64 examples",
		"--workers 2 --accumulate 2":           "give one of --workers and --accumulate",
		"--workers x":                          "expected a whole number",
		"--workers 2 --wire float12":           `--wire: unknown form "float12"; there are float32, float16`,
		"--workers 2 --wire topk":              "topk needs the share",
		"--workers 2 --wire topk:2":            "--wire: ",
		"--distributed mpj":                    "--distributed mpj: unknown; did you mean mpi?",
		"--distributed mpi --workers 2":        "mpirun -n says how many there are",
		"--distributed mpi --accumulate 2":     "one worker accumulates",
		"--every 1s":                           "--every goes with --checkpoint",
		"--checkpoint " + dir + " --every -1s": "--every -1s: expected a time such as 60s",
		"--checkpoint " + dir + " --every 60":  "missing unit",
		"--checkpoint=":                        "--checkpoint is empty",
		"--checkpoint x --save ./x":            "--checkpoint and --save name the same, ./x",
	} {
		fail(t, exitUsage, append([]string{"train"}, strings.Fields(line)...), want)
	}
	file := write(t, "file", "")
	none := filepath.Join(dir, "none", "run")
	fail(t, exitFailed, price("--checkpoint", none), "--checkpoint: "+none+" cannot be made: there is no folder "+filepath.Dir(none))
	fail(t, exitFailed, price("--checkpoint", file), "--checkpoint: "+file+" is a file")
	fail(t, exitFailed, price("--resume", dir), dir, "there is no whole checkpoint (expected a folder")
	fail(t, exitFailed, price("--resume", none), "--resume: there is no "+none)
	fail(t, exitFailed, price("--batch", "1000", "--workers", "161"), "161 workers: ", "has 160 examples")
	fail(t, exitFailed, price("--distributed", "mpi"), "built without MPI", "-tags mpi")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestReportWorkers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.html")
	succeed(t, price("--epochs", "2", "--workers", "2", "--report", file)...)
	holds(t, page(t, file), "workers", "<h2>Learning</h2>")
}
