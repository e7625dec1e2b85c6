"""Reject repeated options, whose first values click would silently ignore."""

import click

from nwbgate.errors import UsageError


class OnceCommand(click.Command):
    """A command that accepts each option once unless it is repeatable."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments after checking for repeated options.

        Raises
        ------
        UsageError
            Naming the option.
        """
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in dict.fromkeys(given):
            if _holds_one(parameter) and given.count(parameter) > 1:
                name = max(parameter.opts, key=len)
                raise UsageError(
                    f"the option {name} is given more than once",
                    where=f"{ctx.command_path} {name}",
                    got=f"{given.count(parameter)} times",
                    expected="once: only the last one would be used",
                    fix=f"give it once; `{ctx.command_path} --help` shows which options are repeatable",
                )
        return super().parse_args(ctx, args)


def _holds_one(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and not (parameter.multiple or parameter.count or parameter.is_flag)
