package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/optim"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version and what runs the steps",
		Example:           "  descent version",
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opt, err := trial(optim.SGD, nil)
			if err != nil {
				return err
			}
			defer opt.Close()
			fmt.Fprintf(cmd.OutOrStdout(), "descent %s\n%s %s/%s\nbackend: %s\n",
				version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, opt.Backend())
			return nil
		},
	}
}

// version is that of the module that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
