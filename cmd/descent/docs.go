package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/descent-go/descent/docs"
	"github.com/descent-go/descent/docs/site"
	"github.com/descent-go/descent/playground"
)

func newDocs() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Make a web site of the documentation",
		Long: `Make a web site of the documentation: the tutorial, the reference pages and the
playground.`,
		Args: noVerb,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDocsBuild())
	return cmd
}

func newDocsBuild() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Write the tutorial and the playground as a static site",
		Long: `Write the tutorial, the reference pages and the playground as a static site, which
any web server serves, from any folder, and which asks no other host for anything.
The tutorial reads from disk too; the playground needs a web server.

A folder that is there already is replaced if it is empty or an earlier site.`,
		Example: `  descent docs build -o site/
  python3 -m http.server --directory site    # or any other web server`,
		Args:              noArgs,
		ValidArgsFunction: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output == "" {
				return usagef("--output is empty: expected the name of a folder")
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			files, err := site.Build(docs.FS, playground.FS())
			if err != nil {
				return err
			}
			err = site.Write(ctx, files, output)
			if errors.Is(err, context.Canceled) {
				return interruptedError{fmt.Errorf("interrupted; nothing is written to %s", output)}
			}
			if err != nil {
				return err
			}
			size := 0
			for _, text := range files {
				size += len(text)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s, %.1f MB; open index.html\n", output, count(len(files), "file"), float64(size)/1e6)
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "site", "`folder` to write to")
	complete(cmd, "output", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	})
	return cmd
}
