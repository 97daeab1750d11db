namespace Sallyport.Agent.Runner.Privileges;

/// <summary>What rules of sudo a user has.</summary>
internal enum SudoRules
{
    /// <summary>None: sudo does nothing for it.</summary>
    None,

    /// <summary>For all commands or for some; which ones is no matter.</summary>
    Some,

    /// <summary>Whatever others say, the last one takes all away.</summary>
    Taken,
}
