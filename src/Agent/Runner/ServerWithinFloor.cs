using System.Net;
using Sallyport.Agent.Configuration;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Judging;
using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Whether a server that a workflow names may get the recording: what the agent sends leaves unjudged, and a job writes much of
/// it. Where the machine has a floor with a list, the server has to be on it.
/// </summary>
internal static class ServerWithinFloor
{
    internal static bool Allows(MachineSettings settings, Uri server)
    {
        if (settings.Floor is not { } file || server.IsLoopback || MachineSettingsFile.ReadPolicy(file) is not { Allow.IsEmpty: false } floor)
        {
            return true;
        }

        var isAddress = IPAddress.TryParse(server.IdnHost.Trim('[', ']'), out var address);
        return new PolicyJudge(floor, new CompileContext()).Judge(new JudgeRequest
        {
            Name = isAddress ? null : server.IdnHost,
            Address = address,
            Port = server.Port,
        }).Verdict == JudgeVerdict.Allowed;
    }
}
