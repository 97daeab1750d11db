using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Sallyport.Agent.Control;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport status</c>: which jobs run here and what is in force for each.</summary>
internal static class StatusCommand
{
    internal static Command Create(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "Print the live jobs as one JSON array." };
        var command = new Command("status", "Show running jobs, what is in force for each, and what dead ones left.") { json };
        command.SetAction(parsed =>
        {
            RequireRoot();
            var found = Leftovers.Find();
            if (parsed.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(found.Live, ControlJson.Default.IReadOnlyListJobState));
            }
            else
            {
                Print(found, context.Output);
            }

            return ExitCode.Success;
        });
        return command;
    }

    internal static void RequireRoot()
    {
        if (Interop.Libc.geteuid() != 0)
        {
            throw new CommandFailure(ExitCode.NotPermitted, "only root may look into the state folder: call it with sudo");
        }
    }

    private static void Print(Leftovers found, TextWriter output)
    {
        foreach (var job in found.Live)
        {
            output.WriteLine($"{job.Id}  {job.Mode} · {job.InForce}  pid {job.AgentPid}  as {Printable.Line(job.User)}");
            output.WriteLine($"    {Printable.Line(string.Join(' ', job.Command))}");
            output.WriteLine($"    since {job.Started:u}  cgroup {job.Cgroup ?? "none"}{FilterText(job.Filters)}");
        }

        if (found.Live.Count == 0)
        {
            output.WriteLine("No job is running.");
        }

        foreach (var path in found.Stale)
        {
            output.WriteLine($"left by a job that is gone: {Printable.Line(path)}");
        }

        foreach (var filter in found.Filters)
        {
            output.WriteLine($"left by a job that is gone: {CleanupCommand.Describe(filter)}");
        }

        if (found.Stale.Count + found.Filters.Count > 0)
        {
            output.WriteLine("Remove what is left: sallyport cleanup");
        }
    }

    /// <summary>Only kernels before 6.6 need filters.</summary>
    private static string FilterText(ImmutableArray<TrafficFilter>? filters) =>
        filters is { IsEmpty: false } some ? $"  {some.Length} tc filters" : string.Empty;
}
