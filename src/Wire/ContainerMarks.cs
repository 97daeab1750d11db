namespace Sallyport.Wire;

/// <summary><c>SP_CREATED_*</c>.</summary>
[Flags]
public enum ContainerMarks : uint
{
    /// <summary>None of the others.</summary>
    None = 0,

    /// <summary>Nobody saw the request for it: process and step are a guess, or missing.</summary>
    Inferred = 1,

    /// <summary>Made by a process of the job itself, not by a daemon: that it has a container's name proves nothing.</summary>
    Own = 2,
}
