using System.Globalization;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>What is known about a job before anything is made for it.</summary>
/// <param name="Id">Unique on this machine: time, and number of the agent's process.</param>
/// <param name="User">That the command runs as.</param>
/// <param name="ThroughSudo">Root's rights came from sudo, and <paramref name="User"/> is who called it.</param>
/// <param name="Machine">Facts about it.</param>
/// <param name="WorkingDirectory">Of the job.</param>
/// <param name="Started">Wall clock.</param>
internal sealed record JobFacts(
    string Id, UserAccount User, bool ThroughSudo, Machine Machine, string WorkingDirectory, DateTimeOffset Started)
{
    internal static JobFacts Gather(CommandContext context)
    {
        var now = context.Clock.GetUtcNow();
        var sudo = Interop.Libc.geteuid() == 0 && context.Environment.SudoUser is > 0;
        return new JobFacts(
            string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd'T'HHmmss}-{Environment.ProcessId}"),
            sudo
                ? UserAccount.OfCaller(context.Environment.SudoUser!.Value, context.Environment.SudoGroup ?? context.Environment.SudoUser.Value)
                : UserAccount.OfThisProcess(),
            sudo,
            Machine.This(),
            Directory.GetCurrentDirectory(),
            now);
    }
}
