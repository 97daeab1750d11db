using System.CommandLine;
using Sallyport.Agent.Configuration;
using Sallyport.Policy.Linting;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport policy check FILE</c>: all mistakes (exit 64), then what is accepted and probably not wanted.</summary>
internal static class PolicyCheckCommand
{
    internal static Command Create(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "Policy file.", HelpName = "FILE" };
        var command = new Command("check", "Check a policy: all mistakes, then warnings.") { file };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var document = PolicyLoading.Read(path, [], null, null);
            var policy = PolicyLoading.Compile(document, []);
            var warnings = PolicyLinter.Lint(document, new LintContext { ProxyVariables = context.Environment.ProxyVariables });
            foreach (var warning in warnings)
            {
                context.Output.WriteLine($"warning: {warning}");
            }

            context.Output.WriteLine(
                $"{Printable.Line(path)}: valid, {document.EffectiveMode.ToString().ToLowerInvariant()}, {policy.Rules.Length} rules, {warnings.Length} warnings");
            return ExitCode.Success;
        });
        return command;
    }
}
