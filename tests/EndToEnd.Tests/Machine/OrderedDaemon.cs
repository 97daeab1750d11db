using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>A daemon of root's that ran before the runner and begins what anybody orders of it, as cron and systemd do.</summary>
internal static class OrderedDaemon
{
    private const string Orders = $"{RunnerMachine.Work}/orders";

    private const string Script = $"mkdir -p {Orders}; chmod 777 {Orders}; echo ready; "
        + $"while :; do for one in {Orders}/*.order; do [ ! -e \"$one\" ] || {{ mv \"$one\" \"$one.taken\"; bash \"$one.taken\"; mv \"$one.taken\" \"$one.done\"; }}; done; sleep 0.05; done";

    /// <summary>Returns when it takes orders.</summary>
    internal static async Task<LabProcess> StartAsync(RunnerMachine machine)
    {
        LabProcess daemon = machine.Network.Start("sh", "-c", Script);
        await daemon.SaysAsync("ready", TimeSpan.FromSeconds(20));
        return daemon;
    }

    /// <summary>Line of a shell that orders a command and waits until it has ended.</summary>
    /// <param name="name">One order's of its own.</param>
    /// <param name="command">Without single quotes.</param>
    internal static string Order(string name, string command) =>
        $"echo '{command}' > {Orders}/new; mv {Orders}/new {Orders}/{name}.order; until [ -e {Orders}/{name}.order.done ]; do sleep 0.05; done; rm {Orders}/{name}.*";
}
