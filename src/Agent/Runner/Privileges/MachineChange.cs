namespace Sallyport.Agent.Runner.Privileges;

/// <summary>Something that was changed on the machine for the time of a job, with what it takes to undo it.</summary>
/// <param name="Kind"><c>created</c>: a file that was not there before; <c>mode</c>: owner and mode of a file.</param>
/// <param name="Path">Of the file.</param>
/// <param name="Inode">Of the file at that time; another file in its place is left alone.</param>
/// <param name="Mode">Permission bits before.</param>
/// <param name="User">Owner before.</param>
/// <param name="Group">Group before.</param>
internal sealed record MachineChange(string Kind, string Path, ulong Inode, int Mode, uint User, uint Group)
{
    internal const string Created = "created";
    internal const string ModeChanged = "mode";
}
