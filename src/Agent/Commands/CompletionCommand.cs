using System.CommandLine;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport completion bash|zsh|fish</c>: a script that the shell reads; made from the grammar itself.</summary>
internal static class CompletionCommand
{
    internal static Command Create(CommandContext context, RootCommand root)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish.", HelpName = "bash|zsh|fish" };
        _ = shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script: eval \"$(sallyport completion bash)\"") { shell };
        command.SetAction(parsed =>
        {
            context.Output.Write(CompletionScript.For(parsed.GetValue(shell)!, root));
            return ExitCode.Success;
        });
        return command;
    }
}
