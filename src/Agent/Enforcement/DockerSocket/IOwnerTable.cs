namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>What the kernel is told of containers. Safe to call from any thread; an id is 64 hexadecimal digits.</summary>
internal interface IOwnerTable
{
    /// <summary>The job's process of this number, or null for one that is not the job's.</summary>
    ContainerOwner? Find(int pid);

    /// <summary>A container's owner as it was told; null when it was not.</summary>
    ContainerOwner? OwnerOf(string container);

    /// <summary>From now on, each time that the container starts, it is this one's. False when the table is full.</summary>
    bool TrySetOwner(string container, ContainerOwner owner);

    /// <summary>The next process that joins the container is this one's.</summary>
    bool TryExpectJoin(string container, ContainerOwner owner);

    /// <summary>Nobody has come yet.</summary>
    bool IsJoinExpected(string container);

    void ForgetJoin(string container);

    /// <summary>Containers of a build that the daemon makes by itself are this one's; null when nobody builds.</summary>
    void SetBuild(bool buildKit, ContainerOwner? owner);

    /// <summary>What the daemon itself sends is for this one; null for nobody in particular.</summary>
    void SetDaemonWork(ContainerOwner? owner);

    /// <summary>The job has containers, or may get some, that no request told of: whatever is unknown may be the job's.</summary>
    void GiveUpOrigins(string why);
}
