package train

import (
	"fmt"

	"github.com/descent-go/descent/checkpoint"
	"github.com/descent-go/descent/distributed/server"
)

// A folder has the checkpoints of workers in step or the log of a parameter server.

// notALog reports a folder that is the log of a parameter server.
func notALog(folder string) error {
	if _, err := server.ReadStored(folder); err != nil {
		return nil
	}
	return fmt.Errorf("train: %s is the log of an asynchronous run: go on with it by such a one (--distributed async), which can save it as a file too; workers in step want another folder", folder)
}

// notSteps reports a folder that has the checkpoints of workers in step; "" is none.
func notSteps(folder string) error {
	if folder == "" {
		return nil
	}
	if _, err := checkpoint.Folder(folder).Latest(); err != nil {
		return nil
	}
	return fmt.Errorf("train: %s has checkpoints of workers in step: give the server's log another folder", folder)
}
