package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/descent-go/descent/bench/peers/protocol"
)

// process is a peer that is a program of its own. It is started when it is
// first asked for something, and ended where an answer takes too long or makes
// no sense.
type process struct {
	command  func() *exec.Cmd
	patience time.Duration
	log      io.Writer // where what it prints on stderr goes

	remote *protocol.Remote
	kill   func()
}

func (p *process) start() error {
	cmd := p.command()
	cmd.Stderr = p.log
	to, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.remote = protocol.NewRemote(to, from)
	p.kill = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	return nil
}

// stop ends the program, if it runs.
func (p *process) stop() {
	if p.remote != nil {
		p.kill()
		p.remote = nil
	}
}

// within asks the program something, and ends it where that takes too long.
func (p *process) within(ask func(*protocol.Remote) error) error {
	if p.remote == nil {
		if err := p.start(); err != nil {
			return err
		}
	}
	late := make(chan struct{})
	kill := p.kill
	timer := time.AfterFunc(p.patience, func() {
		close(late)
		kill()
	})
	err := ask(p.remote)
	if !timer.Stop() {
		<-late
		p.remote = nil
		return fmt.Errorf("took longer than %v", p.patience)
	}
	if errors.Is(err, protocol.ErrLost) {
		p.stop()
	}
	return err
}

func (p *process) Prepare(w protocol.Work) error {
	return p.within(func(r *protocol.Remote) error { return r.Prepare(w) })
}

func (p *process) Run(steps int) (d time.Duration, err error) {
	err = p.within(func(r *protocol.Remote) error {
		d, err = r.Run(steps)
		return err
	})
	return d, err
}

func (p *process) Scale(factor float32) error {
	return p.within(func(r *protocol.Remote) error { return r.Scale(factor) })
}

func (p *process) Moved() (x float64, err error) {
	err = p.within(func(r *protocol.Remote) error {
		x, err = r.Moved()
		return err
	})
	return x, err
}

// Drop ends nothing that does not run.
func (p *process) Drop() error {
	if p.remote == nil {
		return nil
	}
	return p.within((*protocol.Remote).Drop)
}
