using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests.Agent;

/// <summary>What a run of a job left, with the report as far as it speaks of containers.</summary>
public sealed class JobRun(LabRun run)
{
    private JobReport? _report;

    /// <summary>report.json; throws with the agent off.</summary>
    public JobReport Report => _report ??= JobReport.Read(Path.Combine(run.Folder, "report.json"));

    /// <summary>summary.md; throws with the agent off.</summary>
    public string Summary => File.ReadAllText(Path.Combine(run.Folder, "summary.md"));

    public string Output => run.Process.Output.TrimEnd('\n');

    public int ExitCode => run.Process.ExitCode;

    public void Succeeded() => Assert.True(run.Process.ExitCode == 0, run.ToString());

    public void Failed() => Assert.True(run.Process.ExitCode != 0, $"should have failed:\n{run}");

    /// <summary>The server read the request.</summary>
    public void Reached(Destination to)
    {
        ArgumentNullException.ThrowIfNull(to);
        Assert.True(
            run.Traffic.Conversations.Any(c => c.ReceivedText.Contains($"GET /{to.Token}", StringComparison.Ordinal)),
            $"did not reach {to.Url}:\n{run}");
    }

    /// <summary>No packet went to the destination, and no resolver or server saw the token.</summary>
    public void DidNotReach(Destination to)
    {
        ArgumentNullException.ThrowIfNull(to);
        Assert.True(
            run.Traffic.PacketsTo(to.Address) == 0 && !run.Traffic.Contains(to.Token), $"reached {to.Url}:\n{run}");
    }

    /// <summary>True when any byte of the text arrived in the world, or a packet to the address and port.</summary>
    public bool Saw(string text) => run.Traffic.Contains(text);

    /// <summary>True when a server was told this name in a complete TLS hello (RFC 6066 section 3).</summary>
    public bool Said(string serverName) => run.Traffic.Conversations.Any(c => c.ServerName == serverName);

    public int PacketsTo(string address, int port) => run.Traffic.PacketsTo(address, port);

    public int QuestionsFor(string name) =>
        run.Traffic.Questions.Count(question => question.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Nothing was refused, nor would have been; what the kernel says on its own link has a test of its own
    /// (<see cref="InternetProtocol6Tests"/>).
    /// </summary>
    public void RefusedNothing()
    {
        Assert.DoesNotContain(Report.Dns, row => row.IsRefusal);
        RefusedNoConnection();
    }

    public void RefusedNoConnection() =>
        Assert.DoesNotContain(Report.Connections, row => row.IsRefusal && !row.IsLinkLocalMulticast);

    /// <summary>The runtime has told of all its containers while they were there.</summary>
    public bool HasNames => Report.Containers.All(row => row.Image is not null);

    /// <summary>
    /// What a runtime does to the machine for the job's containers is its ordinary work. That the machine let nobody look for some seconds
    /// is not of the job.
    /// </summary>
    /// <param name="but">Id of what is found in any case.</param>
    public void FoundNothing(string? but = null) =>
        Assert.True(Report.Findings.All(finding => (but is not null && finding.Id == but) || finding.IsStall), run.ToString());

    /// <summary>Rows of such a call in audit mode, each of which block mode would refuse.</summary>
    public IReadOnlyList<ReportedConnection> CallsTo(Destination to)
    {
        ArgumentNullException.ThrowIfNull(to);
        return [.. Report.ConnectionsTo(to.Address, Destination.Port)
            .Where(row => row is { Verdict: "observed", WouldRefuse: true } && Report.ProcessOf(row).Argv.Contains(to.Url))];
    }

    public override string ToString() => run.ToString();
}
