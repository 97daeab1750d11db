using System.CommandLine;
using Sallyport.Agent.Configuration;
using Sallyport.Policy.Editing;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport policy diff A B</c>: what B lets through more or less than A, by meaning.</summary>
internal static class PolicyDiffCommand
{
    internal static Command Create(CommandContext context)
    {
        var before = new Argument<string>("before") { Description = "The older policy.", HelpName = "A" };
        var after = new Argument<string>("after") { Description = "The newer policy.", HelpName = "B" };
        var command = new Command("diff", "Say what policy B allows more (+) or less (-) than policy A.") { before, after };
        command.SetAction(parsed =>
        {
            var differences = PolicyDiff.Compare(
                PolicyLoading.Read(parsed.GetValue(before), [], null, null),
                PolicyLoading.Read(parsed.GetValue(after), [], null, null));
            foreach (var difference in differences)
            {
                context.Output.WriteLine(difference.ToString());
            }

            if (differences.IsEmpty)
            {
                context.Output.WriteLine("Both mean the same.");
            }

            return ExitCode.Success;
        });
        return command;
    }
}
