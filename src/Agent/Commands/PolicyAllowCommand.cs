using System.CommandLine;
using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Policy.Editing;

namespace Sallyport.Agent.Commands;

/// <summary>
/// <c>sallyport policy allow ENDPOINT</c>: one line more in a policy file; comments and order stay. Prints the lines that
/// changed, so that taking them back is easy, and replaces the file in one step.
/// </summary>
internal static class PolicyAllowCommand
{
    private const string DefaultFile = ".sallyport.yml";

    internal static Command Create(CommandContext context)
    {
        var endpoint = new Argument<string>("endpoint") { Description = "As for run --allow.", HelpName = "ENDPOINT" };
        var policy = new Option<string>("--policy")
        {
            Description = $"Policy file; it is made when it is missing. Default {DefaultFile}.",
            HelpName = "FILE",
            DefaultValueFactory = _ => DefaultFile,
        };
        var command = new Command("allow", "Add an endpoint to a policy file and print the change.") { endpoint, policy };
        command.SetAction(parsed =>
        {
            Change(parsed.GetValue(policy)!, parsed.GetValue(endpoint)!, context.Output);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Change(string path, string endpoint, TextWriter output)
    {
        var text = File.Exists(path) || Directory.Exists(path)
            ? Encoding.UTF8.GetString(PolicyLoading.ReadFile(path))
            : string.Empty;
        var edit = PolicyEditor.Allow(path, text, endpoint, comment: null);
        if (!edit.Mistakes.IsEmpty)
        {
            throw new CommandFailure(
                ExitCode.Usage, string.Join('\n', edit.Mistakes.Select(mistake => mistake.ToString())));
        }

        if (!edit.Changed)
        {
            output.WriteLine($"allowed already by {edit.AllowedBy?.Endpoint.Text} ({edit.AllowedBy?.Origin})");
            return;
        }

        Replace(path, edit.Text);
        output.WriteLine($"--- {Printable.Line(path)}");
        output.WriteLine($"+++ {Printable.Line(path)}");
        foreach (var line in LineDifference.Of(text, edit.Text))
        {
            output.WriteLine(line);
        }
    }

    /// <summary>A new file beside the old one, then rename(2): nobody ever reads half a policy.</summary>
    private static void Replace(string path, string text)
    {
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            var fresh = target + ".new";
            File.WriteAllText(fresh, text, new UTF8Encoding(false));
            if (File.Exists(target))
            {
                File.SetUnixFileMode(fresh, File.GetUnixFileMode(target));
            }

            File.Move(fresh, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.CannotWrite, $"{path} cannot be written: {e.Message}");
        }
    }
}
