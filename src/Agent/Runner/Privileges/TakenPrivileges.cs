using System.Collections.Immutable;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Kernel;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>What was taken from a job's user of that which makes it root; more may be taken later, nothing is given back before the end.</summary>
internal sealed class TakenPrivileges(KernelSession session, RunnerWorkplace workplace, MachineSettings settings)
{
    private ActionPrivileges taken;

    /// <summary>The job's clients are led to sockets of the agent's, where containers' runtimes have theirs.</summary>
    internal bool LeadsSockets { get; set; }

    /// <summary>Takes from the job's user what makes it root; gives what stays open, one notice each.</summary>
    /// <exception cref="CommandFailure">Something could not be taken; all of it is given back.</exception>
    internal ImmutableArray<ControlNotice> Take(ActionPrivileges asked)
    {
        if (settings.BoundsSudo && asked == ActionPrivileges.Kept)
        {
            asked = ActionPrivileges.BoundedSudo;
        }

        // A service may have taken some at the start, and an Action asks for more: what was taken is given back for that moment.
        if (asked <= taken)
        {
            return [];
        }

        var open = TakeInstead(asked);
        taken = asked;
        if (asked == ActionPrivileges.BoundedSudo)
        {
            session.Gate.LeaveSudo(SudoLeft.Bounded);
            session.Gate.Judge.BoundSudo();
        }
        else if (asked != ActionPrivileges.Kept)
        {
            session.Gate.LeaveSudo(SudoLeft.Taken);

            // The job is led past the daemon's own socket, which is closed.
            session.CloseLedSockets();
        }

        return open;
    }

    private ImmutableArray<ControlNotice> TakeInstead(ActionPrivileges asked)
    {
        if (taken != ActionPrivileges.Kept)
        {
            _ = MachineChanges.Undo(workplace.Id);
        }

        try
        {
            return JobPrivileges.Take(asked, workplace.User, workplace.Id, workplace.Agents(), LeadsSockets);
        }
        catch (CommandFailure) when (taken != ActionPrivileges.Kept)
        {
            _ = JobPrivileges.Take(taken, workplace.User, workplace.Id, workplace.Agents(), LeadsSockets);
            throw;
        }
    }
}
