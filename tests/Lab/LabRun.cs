using Sallyport.Lab.Processes;
using Sallyport.Lab.Reports;
using Sallyport.Lab.Traffic;

namespace Sallyport.Lab;

/// <summary>What one command did: as it says, as the world's servers count, and as the agent reports.</summary>
/// <param name="Mode">With or without the agent.</param>
/// <param name="Process">Exit code and output.</param>
/// <param name="Traffic">What arrived in the world.</param>
/// <param name="ReportOrNull">report.json; null with the agent off.</param>
/// <param name="Folder">Output folder of the agent, in the test's own mount namespace.</param>
public sealed record LabRun(
    LabMode Mode,
    ProcessOutcome Process,
    LabTraffic Traffic,
    ReportView? ReportOrNull,
    string Folder)
{
    /// <summary>The report; throws when the agent was off or left none.</summary>
    public ReportView Report =>
        ReportOrNull ?? throw new InvalidOperationException($"There is no report.json in {Folder}.\n{Process}");

    /// <summary>Everything that a person needs to see why a test failed.</summary>
    public override string ToString() =>
        $"--- {Mode}: {Process}\n--- arrived:\n{Traffic}\n--- report:\n{ReportOrNull?.ToString() ?? "(none)"}";
}
