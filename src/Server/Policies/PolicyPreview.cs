using System.Net;
using Sallyport.Baseline;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Judging;
using Sallyport.Protocol.Report;
using Sallyport.Server.Insights;
using Sallyport.Server.Store;

namespace Sallyport.Server.Policies;

/// <summary>What a policy would have done to jobs that have run: each destination of their reports, judged as the agent would.</summary>
internal sealed class PolicyPreview(Database database, Reports reports)
{
    /// <summary>Jobs that are looked at.</summary>
    public const int Jobs = 50;

    private static readonly Dictionary<string, int> Protocols = new(StringComparer.Ordinal) { ["tcp"] = 6, ["udp"] = 17, ["icmp"] = 1 };

    /// <summary>The latest jobs of a place, each with what the policy would refuse.</summary>
    public async Task<List<PreviewRow>> RunAsync(BindingRow place, PolicyDocument policy, CancellationToken cancellation)
    {
        var judge = new PolicyJudge(policy, new CompileContext());
        var jobs = await database.ListAsync<JobRow>(
            """
            SELECT * FROM job WHERE owner = @Owner AND recorded IS NOT NULL AND (@Repository = '' OR repository = @Repository)
              AND (@Workflow = '' OR workflow = @Workflow) AND (@JobName = '' OR name = @JobName)
            ORDER BY registered_ms DESC LIMIT @Jobs
            """,
            new { place.Owner, place.Repository, place.Workflow, place.JobName, Jobs },
            cancellation);
        var rows = new List<PreviewRow>();
        foreach (var job in jobs)
        {
            if (await reports.FindAsync(job, cancellation) is { } report)
            {
                rows.Add(new PreviewRow(job, [.. Refused(judge, report)]));
            }
        }

        return rows;
    }

    private static IEnumerable<string> Refused(PolicyJudge judge, ReportDocument report)
    {
        var executables = report.Processes.DistinctBy(process => process.Id).ToDictionary(process => process.Id, process => process.Exe);
        var steps = report.Steps.DistinctBy(step => step.Id)
            .ToDictionary(step => step.Id, step => new StepIdentity(step.Id, step.Name, step.Action), StringComparer.Ordinal);
        return report.Connections
            .Where(SeenDestinations.IsEgress)
            .Where(connection => judge.Judge(new JudgeRequest
            {
                Name = HostName.TryCanonicalize(connection.Destination, out var name, out _) ? name : null,
                Address = IPAddress.TryParse(connection.Address, out var address) ? address : null,
                Protocol = Protocols.GetValueOrDefault(connection.Protocol),
                Port = connection.Port,
                Step = connection.Step is { } step ? steps.GetValueOrDefault(step) : null,
                Exe = connection.Process is { } process ? executables.GetValueOrDefault(process) : null,
            }).Verdict != JudgeVerdict.Allowed)
            .Select(connection => $"{connection.Protocol}://{connection.Destination}:{connection.Port}")
            .Distinct();
    }
}
